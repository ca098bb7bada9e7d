import { distance, OPAQUE, type Pixels, shown } from './colour.ts';

/** Side of the blocks that are compared. */
export const SIDE = 8;

/** A block whose mean is off by more levels in a channel has lost a colour. */
export const LOST = 12;

/** Colours for one more attempt. */
const MOST = 128;

export interface Loss {
  /** By how many levels the worst block is off. */
  worst: number;
  /** The colours that were lost, the worst first. */
  colours: number[];
  /** The rows of blocks where that was, by their first row. */
  tops: number[];
}

interface Block {
  x: number;
  top: number;
  off: number;
}

/**
 * Compares a picture with what became of it. Means of blocks: dithering evens out there, a colour that is not in the palette
 * does not.
 * @param rows as `Dither` writes them
 * @param tops the rows of blocks that are looked at
 */
export function lostColours(pixels: Pixels, palette: number[], rows: Uint8Array, tops: number[]): Loss {
  const looks = Int32Array.from(palette, shown);
  const lost: Block[] = [];
  let worst = 0;
  const lostTops = new Set<number>();
  for (const top of tops) {
    for (let x = 0; x < pixels.width; x += SIDE) {
      const off = meanOff(pixels, looks, rows, x, top);
      if (off > worst) worst = off;
      if (off <= LOST) continue;
      lost.push({ x, top, off });
      lostTops.add(top);
    }
  }
  lost.sort((a, b) => b.off - a.off);
  const colours: number[] = [];
  for (const block of lost) {
    if (colours.length === MOST) break;
    const colour = farthest(pixels, looks, rows, block);
    if (colours.every((other) => distance(shown(other), shown(colour)) > LOST)) colours.push(colour);
  }
  return { worst, colours, tops: [...lostTops] };
}

/** Where a block lies: whole at the edges, too, for few pixels have no mean worth the name. */
function placed({ width, height }: Pixels, x: number, top: number) {
  const [left, upper] = [Math.max(0, Math.min(x, width - SIDE)), Math.max(0, Math.min(top, height - SIDE))];
  return { left, upper, right: Math.min(left + SIDE, width), lower: Math.min(upper + SIDE, height) };
}

function meanOff(pixels: Pixels, looks: Int32Array, rows: Uint8Array, x: number, top: number): number {
  const { data, width } = pixels;
  const { left, upper, right, lower } = placed(pixels, x, top);
  // Two channels in a number: 64 pixels of one need 14 bits.
  let redBlue = 0;
  let greenAlpha = 0;
  let redBlueGot = 0;
  let greenAlphaGot = 0;
  for (let row = upper; row < lower; row++) {
    const end = row * width + right;
    for (let at = row * width + left, to = at + row + 1; at < end; at++, to++) {
      const colour = data[at] as number;
      const look = colour >>> 24 === OPAQUE ? colour : shown(colour);
      const got = looks[rows[to] as number] as number;
      redBlue += look & 0xff00ff;
      greenAlpha += (look >>> 8) & 0xff00ff;
      redBlueGot += got & 0xff00ff;
      greenAlphaGot += (got >>> 8) & 0xff00ff;
    }
  }
  const most = Math.max(
    Math.abs((redBlue & 0xffff) - (redBlueGot & 0xffff)),
    Math.abs((redBlue >>> 16) - (redBlueGot >>> 16)),
    Math.abs((greenAlpha & 0xffff) - (greenAlphaGot & 0xffff)),
    Math.abs((greenAlpha >>> 16) - (greenAlphaGot >>> 16)),
  );
  return most / ((lower - upper) * (right - left));
}

/** The colour of a block that is farthest from what was written for it: the mean of the pixels like it. */
function farthest(pixels: Pixels, looks: Int32Array, rows: Uint8Array, { x, top }: Block): number {
  const { data, width } = pixels;
  const { left, upper, right, lower } = placed(pixels, x, top);
  const block: number[] = [];
  let lost = 0;
  let most = -1;
  for (let row = upper; row < lower; row++) {
    for (let column = left; column < right; column++) {
      const look = shown(data[row * width + column] as number);
      const off = distance(look, looks[rows[row * (width + 1) + 1 + column] as number] as number);
      if (off > most) [most, lost] = [off, look];
      block.push(look);
    }
  }
  return mean(block.filter((look) => distance(look, lost) <= LOST));
}

/** A colour that shows like the mean of these. */
function mean(looks: number[]): number {
  const [red, green, blue, alpha] = [0, 8, 16, 24].map((shift) =>
    looks.reduce((sum, look) => sum + ((look >>> shift) & 255), 0),
  ) as [number, number, number, number];
  const opacity = Math.round(alpha / looks.length);
  if (opacity === 0) return 0;
  const part = (sum: number) => Math.min(255, Math.round((OPAQUE * sum) / alpha));
  return part(red) | (part(green) << 8) | (part(blue) << 16) | (opacity << 24);
}
