import type { Effort } from '../../domain/options.ts';
import type { Pixels } from './colour.ts';
import { Dither } from './dither.ts';
import { flatColours } from './flat-colours.ts';
import { flatLookup } from './flat-lookup.ts';
import { writeIndexedPng } from './indexed-png.ts';
import { libraryColours } from './library-colours.ts';
import { LOST, lostColours, SIDE } from './lost-colours.ts';
import { ENTRIES, makePalette } from './make-palette.ts';

/** Of the entries, so many are left for colours that turn out to be lost. */
const SPARE = 16;

/** How often a picture is written before its palette is given up. */
const ATTEMPTS = 4;

/** Entries that make room for lost colours, at an attempt. */
const MOST_REPLACED = 32;

/** What is lost in a block at the last attempt may be this much. */
const TOLERABLE = 24;

/** How hard zlib tries. */
const LEVEL: Record<Effort, number> = { fast: 6, small: 9 };

/**
 * Writes a PNG with a palette, in which no flat area is off by more than a level, and no block of 8 by 8 pixels by more than
 * 24 on average.
 * @returns undefined where no palette does
 */
export async function encodeWithPalette(pixels: Pixels, quality: number, effort: Effort): Promise<Buffer | undefined> {
  const flat = flatColours(pixels);
  if (!flat) return undefined;
  const placeOf = flatLookup(flat);
  const others = await libraryColours(pixels, (colour) => placeOf(colour) >= 0, quality, effort);
  const { width, height } = pixels;
  const rows = new Uint8Array((width + 1) * height);
  const allTops = Array.from({ length: Math.ceil(height / SIDE) }, (_, index) => index * SIDE);

  let palette = makePalette(flat, others, ENTRIES - SPARE);
  let tops = allTops;
  const found: number[] = [];
  for (let attempt = 1; ; attempt++) {
    const entries = Int16Array.from(flat, (colour) => palette.indexOf(colour));
    const dither = new Dither(palette, (colour) => {
      const place = placeOf(colour);
      return place < 0 ? -1 : (entries[place] as number);
    });
    for (const [from, to] of joined(tops, height)) dither.write(pixels, rows, from, to);
    const loss = lostColours(pixels, palette, rows, tops);
    if (loss.worst <= LOST || (attempt === ATTEMPTS && loss.worst <= TOLERABLE)) break;
    if (attempt === ATTEMPTS) return undefined;
    const room = ENTRIES - palette.length;
    const added = loss.colours.slice(0, Math.max(room, MOST_REPLACED));
    found.push(...added);
    if (added.length <= room) {
      // What is written already stays as it is.
      palette = [...palette, ...added];
      tops = loss.tops;
    } else {
      palette = makePalette([...flat, ...found].slice(0, ENTRIES), others);
      tops = allTops;
    }
  }
  return writeIndexedPng(width, height, palette, rows, LEVEL[effort]);
}

/** From which row to which, where rows of blocks follow one another. */
function joined(tops: number[], height: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (const top of tops) {
    const latest = ranges.at(-1);
    const bottom = Math.min(top + SIDE, height);
    if (latest?.[1] === top) latest[1] = bottom;
    else ranges.push([top, bottom]);
  }
  return ranges;
}
