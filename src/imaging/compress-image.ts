import { writeFileSync } from 'node:fs';
import { ImageFailure } from '../domain/failure.ts';
import type { ImageResult } from '../domain/image.ts';
import type { Options } from '../domain/options.ts';
import { Context, type ImageLimits, runSteps, type Shared } from './context.ts';
import { decodeOnce } from './decode-once.ts';
import { placeholderOf } from './placeholder.ts';
import { DECODE, FINISH, PREPARE, RENDER } from './steps/index.ts';

/** One picture that is to be made of an upload. */
export interface WantedPicture {
  /** Path of the file that gets it. */
  output: string;
  options: Options;
}

/**
 * Makes pictures of an upload, from file to file, by the steps that `steps/index.ts` lists. A decoder process calls this:
 * it has one image and nothing else to do, so that steps may wait for files.
 * @returns what became of each, in their order
 * @throws ImageFailure
 * @example await compressImage('in/mug.png', [{ output: 'out/mug.webp', options }], DEFAULT_LIMITS)
 */
export async function compressImage(
  input: string,
  wanted: readonly WantedPicture[],
  limits: ImageLimits,
): Promise<ImageResult[]> {
  const shared: Shared = {};
  const contexts = wanted.map(({ options }) => new Context(input, options, limits, shared));
  for (const context of contexts) await runSteps(PREPARE, context);
  const unfinished = contexts.filter(({ encoded, mustKeepOriginal }) => !encoded && !mustKeepOriginal);
  const decoded = await decodeOnce(unfinished);
  const results: ImageResult[] = [];
  for (const [index, context] of contexts.entries()) {
    if (unfinished.includes(context)) await runSteps(decoded.has(context) ? RENDER : [...DECODE, ...RENDER], context);
    await runSteps(FINISH, context);
    const bytes = context.original ?? context.encoded;
    if (!bytes) throw new ImageFailure('corrupt_image');
    const result = writeResult(context, bytes, wanted[index]?.output ?? '');
    // A page shows one in the place of the image, whichever picture of it comes.
    results.push(index === 0 ? { ...result, placeholder: await placeholderOf(bytes) } : result);
  }
  return results;
}

function writeResult(context: Context, bytes: Buffer, output: string): ImageResult {
  const { original, formatIn, formatOut, source, width, height, bytesIn } = context;
  // Written here, not by the encoder: libvips cannot tell a full disk from a damaged picture.
  writeFileSync(output, bytes);
  // Others may follow, and need the memory.
  context.original = undefined;
  context.encoded = undefined;
  const outcome = original ? 'kept_original' : 'compressed';
  const { width: widthIn, height: heightIn } = source;
  return { outcome, formatIn, formatOut, widthIn, heightIn, bytesIn, width, height, bytesOut: bytes.length };
}
