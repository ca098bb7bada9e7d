import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { Placeholder } from '../domain/image.ts';
import { orCorrupt } from './corrupt-image.ts';

/** As much as a ThumbHash shows; its time grows with the pixels. */
const LONGEST_SIDE = 32;

/** What a page shows until a picture is there, made of the picture itself. */
export async function placeholderOf(picture: Sharp): Promise<Placeholder> {
  const size = { width: LONGEST_SIDE, height: LONGEST_SIDE };
  const { data, info } = await orCorrupt(() =>
    picture
      .resize({ ...size, fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  const thumbhash = Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
  return { colour: mainColour(data), thumbhash };
}

/** The mean of the colours of which most pixels have one alike; white where all is transparent. */
function mainColour(pixels: Buffer): string {
  const alike = new Map<number, [count: number, red: number, green: number, blue: number]>();
  let most: [number, number, number, number] = [0, 255, 255, 255];
  for (let at = 0; at < pixels.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = pixels.subarray(at, at + 4);
    if (alpha < 128) continue;
    const kind = ((red >> 5) << 6) | ((green >> 5) << 3) | (blue >> 5);
    const sums = alike.get(kind) ?? [0, 0, 0, 0];
    alike.set(kind, sums);
    sums[0]++;
    sums[1] += red;
    sums[2] += green;
    sums[3] += blue;
    if (sums[0] > most[0]) most = sums;
  }
  const [count, ...levels] = most;
  const hex = (sum: number) =>
    Math.round(sum / Math.max(count, 1))
      .toString(16)
      .padStart(2, '0');
  return `#${levels.map(hex).join('')}`;
}
