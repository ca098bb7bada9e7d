import sharp from 'sharp';
import { Context, runSteps } from './context.ts';
import { orCorrupt } from './corrupt-image.ts';
import { DECODE } from './steps/index.ts';
import { resize } from './steps/resize.ts';

/**
 * Decodes an upload once for all still pictures that are made of it, at the size of the largest, where that saves work:
 * without it libvips goes through the file again for each of them, and for each time that one is encoded.
 * @returns those that begin with these pixels; a moving one, or one that is alone, goes its own way, frame by frame
 * @throws ImageFailure
 */
export async function decodeOnce(contexts: readonly Context[]): Promise<ReadonlySet<Context>> {
  const still = contexts.filter(({ isAnimated }) => !isAnimated);
  const [first] = still;
  if (!first || (still.length === 1 && !needsPixels(first))) return new Set();
  const base = new Context(first.input, { ...first.options, fit: 'inside' }, first.limits, first.shared);
  const { formatIn, source } = first;
  const width = Math.max(...still.map(({ inner }) => inner.width));
  const height = Math.max(...still.map(({ inner }) => inner.height));
  Object.assign(base, { formatIn, source, width, height, inner: { width, height }, isAnimated: false });
  base.inColour = still.some(({ inColour }) => inColour);
  await runSteps([...DECODE, resize], base);
  const { data, info } = await orCorrupt(() =>
    base.image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  for (const context of still) {
    context.decoded = { width, height };
    context.image = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
    if (source.grey && !base.inColour) context.image = context.image.toColourspace('b-w');
  }
  return new Set(still);
}

/** Whether it is encoded several times, or has more colours than its upload. */
function needsPixels({ options, source, inColour }: Context): boolean {
  return options.max_bytes !== undefined || (source.grey && inColour);
}
