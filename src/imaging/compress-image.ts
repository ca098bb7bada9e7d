import { writeFileSync } from 'node:fs';
import { ImageFailure } from '../domain/failure.ts';
import type { ImageResult } from '../domain/image.ts';
import type { Options } from '../domain/options.ts';
import { Context, type ImageLimits, type Step } from './context.ts';
import { FINISH, PREPARE, RENDER } from './steps/index.ts';

/**
 * Compresses one picture from file to file, by the steps that `steps/index.ts` lists. A decoder process calls this: it has
 * one image and nothing else to do, so that steps may wait for files.
 * @param output path of the file that gets the result
 * @throws ImageFailure
 */
export async function compressImage(
  input: string,
  output: string,
  options: Options,
  limits: ImageLimits,
): Promise<ImageResult> {
  const context = new Context(input, options, limits);
  await run(PREPARE, context);
  if (!context.encoded && !context.mustKeepOriginal) await run(RENDER, context);
  await run(FINISH, context);
  const { original, encoded, formatIn, formatOut, source, width, height, bytesIn, notes } = context;
  const bytes = original ?? encoded;
  if (!bytes) throw new ImageFailure('corrupt_image');
  // Written here, not by the encoder: libvips cannot tell a full disk from a damaged picture.
  writeFileSync(output, bytes);
  const outcome = original ? 'kept_original' : 'compressed';
  const { width: widthIn, height: heightIn } = source;
  return { outcome, formatIn, formatOut, widthIn, heightIn, bytesIn, width, height, bytesOut: bytes.length, notes };
}

async function run(steps: readonly Step[], context: Context): Promise<void> {
  for (const step of steps) await step(context);
}
