import { ALIKE, distance, shown } from './colour.ts';

/** Answers are kept by a hash of the colour (Fibonacci's); of two colours with the same one, the latest. */
const HASH_BITS = 16;
const GOLDEN = 0x9e3779b1;
const UNKNOWN = -2;

/** Says as which of some colours another one is written, by its place among them: itself, or one alike; -1 as none. */
export function flatLookup(colours: number[]): (colour: number) => number {
  const looks = colours.map(shown);
  const places = new Map(colours.map((colour, place) => [colour, place]));
  const near = cellsNear(looks);
  const keys = new Int32Array(1 << HASH_BITS);
  const answers = new Int16Array(1 << HASH_BITS).fill(UNKNOWN);

  function find(colour: number): number {
    const look = shown(colour);
    if (!near[cell(look & 255, (look >>> 8) & 255, (look >>> 16) & 255)]) return -1;
    return places.get(colour) ?? looks.findIndex((other) => distance(other, look) <= ALIKE);
  }

  return (colour) => {
    const hash = Math.imul(colour, GOLDEN) >>> (32 - HASH_BITS);
    const known = answers[hash] as number;
    if (known !== UNKNOWN && keys[hash] === colour) return known;
    const answer = find(colour);
    keys[hash] = colour;
    answers[hash] = answer;
    return answer;
  };
}

/** The cells of 8 by 8 by 8 levels that hold something alike. Most colours of a photo lie in others. */
function cellsNear(looks: number[]): Uint8Array {
  const near = new Uint8Array(1 << 15);
  for (const look of looks) {
    const [reds, greens, blues] = [0, 8, 16].map((shift) => {
      const value = (look >>> shift) & 255;
      return [Math.max(0, value - ALIKE), Math.min(255, value + ALIKE)];
    }) as [number[], number[], number[]];
    for (const red of reds) for (const green of greens) for (const blue of blues) near[cell(red, green, blue)] = 1;
  }
  return near;
}

function cell(red: number, green: number, blue: number): number {
  return ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
}
