import { ALIKE, distance, type Pixels, shown } from './colour.ts';

/** Side of the areas of one colour that are counted. */
const SIDE = 4;

/** A colour of so many is kept whatever it costs; of so many, where there is room in the palette. */
const MUST = 9;
const MAY = 4;
const ROOM = 128;

/** Entries that flat colours may take, of 256: the rest of a picture needs some. */
const MOST = 240;

/**
 * The colours of flat areas, largest first. One within a level of a larger one goes with that.
 * @returns undefined where they are too many for a palette
 */
export function flatColours(pixels: Pixels): number[] | undefined {
  const largestFirst = [...flatAreas(pixels)].sort(([, a], [, b]) => b - a);
  const colours: number[] = [];
  const looks: number[] = [];
  for (const [colour, areas] of largestFirst) {
    if (areas < MAY || (areas < MUST && colours.length >= ROOM)) break;
    const look = shown(colour);
    if (looks.some((larger) => distance(larger, look) <= ALIKE)) continue;
    if (colours.length === MOST) return undefined;
    colours.push(colour);
    looks.push(look);
  }
  // A single pixel must not begin to show.
  if (pixels.data.includes(0) && !colours.includes(0)) colours.push(0);
  return colours;
}

/** How many areas there are of each colour. */
function flatAreas({ data, width, height }: Pixels): Map<number, number> {
  const areas = new Map<number, number>();
  // Most are of the colour of the one before, and need no map.
  let colour = 0;
  let count = 0;
  const take = () => areas.set(colour, (areas.get(colour) ?? 0) + count);
  for (let top = 0; top + SIDE <= height; top += SIDE) {
    const end = (top + 1) * width;
    for (let at = top * width; at + SIDE <= end; at += SIDE) {
      const here = data[at] as number;
      if (!isFlat(data, at, width, here)) continue;
      if (here !== colour) {
        take();
        colour = here;
        count = 0;
      }
      count++;
    }
  }
  take();
  return areas;
}

function isFlat(data: Int32Array, corner: number, width: number, colour: number): boolean {
  for (let row = 0, at = corner; row < SIDE; row++, at += width) {
    if (data[at] !== colour || data[at + 1] !== colour || data[at + 2] !== colour || data[at + 3] !== colour)
      return false;
  }
  return true;
}
