import sharp from 'sharp';
import type { Effort } from '../../domain/options.ts';
import type { Pixels } from './colour.ts';

/** So many pixels show which colours a picture needs; so many times as many are looked at for some that are not flat. */
const SAMPLE: Record<Effort, number> = { fast: 1 << 16, small: 1 << 18 };
const LOOKED_AT = 4;

/** Of libimagequant, 1 to 10. Below 4 it leaves out the lowest bits of colours. */
const EFFORT: Record<Effort, number> = { fast: 5, small: 8 };

/** Below, it chooses so few that most have to be added afterwards. */
const LEAST_QUALITY = 20;

const SAMPLE_WIDTH = 256;

/**
 * Chooses colours for the pixels that are not flat: as many as the quality asks for, 256 at most. Only the colours: how
 * libimagequant puts pixels to them is what moves flat areas.
 */
export async function libraryColours(
  pixels: Pixels,
  isFlat: (colour: number) => boolean,
  quality: number,
  effort: Effort,
): Promise<number[]> {
  const sample = takeSample(pixels, isFlat, SAMPLE[effort]);
  if (sample.length === 0) return [];
  const raw = { width: SAMPLE_WIDTH, height: sample.length / SAMPLE_WIDTH, channels: 4 } as const;
  const png = await sharp(new Uint8Array(sample.buffer), { raw })
    .png({
      palette: true,
      quality: Math.max(quality, LEAST_QUALITY),
      effort: EFFORT[effort],
      dither: 0,
      compressionLevel: 0,
    })
    .toBuffer();
  return paletteOf(png);
}

/** Pixels from all over the picture, in whole rows: the last one is filled up from the first. */
function takeSample({ data }: Pixels, isFlat: (colour: number) => boolean, most: number): Int32Array<ArrayBuffer> {
  const step = Math.max(1, Math.floor(data.length / (LOOKED_AT * most)));
  let found = 0;
  for (let at = 0; at < data.length; at += step) if (!isFlat(data[at] as number)) found++;
  const taken = Math.min(found, most);
  const sample = new Int32Array(Math.ceil(taken / SAMPLE_WIDTH) * SAMPLE_WIDTH);
  let next = 0;
  for (let at = 0, passed = 0; next < taken; at += step) {
    const colour = data[at] as number;
    if (isFlat(colour)) continue;
    if (passed * taken >= next * found) sample[next++] = colour;
    passed++;
  }
  sample.copyWithin(taken, 0, sample.length - taken);
  return sample;
}

/** Length, type and checksum around a chunk's data (PNG, third edition, section 5.3). */
const FRAME = 12;
const SIGNATURE = 8;

/** Mixed of what is opaque and a little that is not. */
const NEARLY_OPAQUE = 247;

function paletteOf(png: Buffer): number[] {
  let colours = Buffer.alloc(0);
  let alphas = Buffer.alloc(0);
  for (let at = SIGNATURE; at < png.length; ) {
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'PLTE') colours = Buffer.from(data);
    if (type === 'tRNS') alphas = Buffer.from(data);
    at += data.length + FRAME;
  }
  return Array.from({ length: colours.length / 3 }, (_, entry) => {
    const mean = alphas[entry] ?? 255;
    const alpha = mean > NEARLY_OPAQUE ? 255 : mean;
    return alpha === 0 ? 0 : colours.readUIntLE(3 * entry, 3) | (alpha << 24);
  });
}
