import { writeFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { ImageFailure } from '../domain/failure.ts';
import type { ImageResult } from '../domain/image.ts';
import type { Options } from '../domain/options.ts';
import { Context, type ImageLimits, runSteps, type Shared } from './context.ts';
import { orCorrupt } from './corrupt-image.ts';
import { decodeOnce } from './decode-once.ts';
import { CODECS } from './formats/index.ts';
import { placeholderOf } from './placeholder.ts';
import { rendered } from './steps/encode.ts';
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
    const isRequantized = context.encoded !== undefined;
    if (unfinished.includes(context)) await runSteps(decoded.has(context) ? RENDER : [...DECODE, ...RENDER], context);
    await runSteps(FINISH, context);
    // A page shows one in the place of the image, whichever picture of it comes. A requantized picture has none: it would
    // have to be decoded for that alone, which costs more than the picture did.
    const placeholder = index > 0 || isRequantized ? undefined : await placeholderOf(await pixelsOf(context));
    results.push({ ...writeResult(context, wanted[index]?.output ?? ''), ...(placeholder && { placeholder }) });
  }
  return results;
}

/** What the main picture shows: read from its few bytes where libvips reads its format, else from the upload. */
async function pixelsOf(context: Context): Promise<Sharp> {
  const { encoded, formatOut } = context;
  if (encoded && CODECS[formatOut].loader.operations.length > 0) return sharp(encoded, { limitInputPixels: false });
  if (encoded) return orCorrupt(() => rendered(context.image));
  // It is kept without having been encoded, so that it was not opened yet.
  await runSteps(DECODE, context);
  return context.image;
}

function writeResult(context: Context, output: string): ImageResult {
  const { original, encoded, formatIn, formatOut, source, width, height, bytesIn, notes } = context;
  const bytes = original ?? encoded;
  if (!bytes) throw new ImageFailure('corrupt_image');
  // Written here, not by the encoder: libvips cannot tell a full disk from a damaged picture.
  writeFileSync(output, bytes);
  // Others may follow, and need the memory.
  context.original = undefined;
  context.encoded = undefined;
  const outcome = original ? 'kept_original' : 'compressed';
  const { width: widthIn, height: heightIn } = source;
  return { outcome, formatIn, formatOut, widthIn, heightIn, bytesIn, width, height, bytesOut: bytes.length, notes };
}
