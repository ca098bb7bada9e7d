import { OPAQUE, type Pixels, shown } from './colour.ts';

/**
 * Of an error, so many sixteenths go to the four neighbours to come (Floyd and Steinberg). All of it makes more bytes, and
 * where a colour is out of reach it would pile up and come down elsewhere.
 */
const SPREAD = 12;

/** Where a pixel differs by more from the one before, in all channels together, nobody sees its error: it goes nowhere. */
const ROUGH = 12;

/** Errors are counted in 256ths of a level. */
const FRACTION = 8;

/** Weights of channels: eyes see green best. Alpha shows in all of them. */
const [RED, GREEN, BLUE, ALPHA] = [2, 4, 2, 4];

/** Entries are remembered for colours alike in the upper 6 bits of a channel, or 5 where there is alpha, too. */
const OPAQUE_CELLS = 1 << 18;
const CELLS = 1 << 20;

/** Writes pictures in the colours of a palette, so that areas come out as they were, seen from afar. */
export class Dither {
  readonly #entryOf: (colour: number) => number;
  readonly #looks: Int32Array;
  readonly #highest: number;
  readonly #opaque = new Int16Array(OPAQUE_CELLS).fill(-1);
  readonly #others = new Int16Array(CELLS).fill(-1);

  /** @param entryOf the entry of a colour that is flat, -1 of another one: those take no error and make none */
  constructor(palette: number[], entryOf: (colour: number) => number) {
    this.#entryOf = entryOf;
    this.#looks = Int32Array.from(palette, shown);
    this.#highest = Math.max(...palette.map((colour) => colour >>> 24));
  }

  /** @param rows as a PNG holds them: each behind a byte that says how it is filtered, which is 0 */
  write({ data, width }: Pixels, rows: Uint8Array, from: number, to: number): void {
    const [entryOf, looks, opaque, others] = [this.#entryOf, this.#looks, this.#opaque, this.#others];
    // A pixel more at both ends, so that no error has to ask whether it may go there.
    let errors = new Int32Array(4 * (width + 2));
    let below = new Int32Array(4 * (width + 2));
    for (let y = from; y < to; y++) {
      // To and fro, so that errors do not drift one way.
      const step = y % 2 === 0 ? 1 : -1;
      let at = y * width + (step === 1 ? 0 : width - 1);
      let out = at + y + 1;
      let here = 4 * (at - y * width + 1);
      let before = data[at] as number;
      // Areas of one colour are long.
      let latest = 0;
      let flat = entryOf(0);
      for (let left = width; left > 0; left--, at += step, out += step, here += 4 * step) {
        const colour = data[at] as number;
        if (colour !== latest) {
          latest = colour;
          flat = entryOf(colour);
        }
        if (flat >= 0) {
          rows[out] = flat;
          before = colour;
          continue;
        }
        const look = shown(colour);
        let red = (look & 255) + ((errors[here] as number) >> FRACTION);
        let green = ((look >>> 8) & 255) + ((errors[here + 1] as number) >> FRACTION);
        let blue = ((look >>> 16) & 255) + ((errors[here + 2] as number) >> FRACTION);
        red = red < 0 ? 0 : red > 255 ? 255 : red;
        green = green < 0 ? 0 : green > 255 ? 255 : green;
        blue = blue < 0 ? 0 : blue > 255 ? 255 : blue;
        let alpha = look >>> 24;
        let entry: number;
        if (alpha === OPAQUE) {
          const cell = ((red >> 2) << 12) | ((green >> 2) << 6) | (blue >> 2);
          entry = opaque[cell] as number;
          if (entry < 0) {
            entry = this.#nearest((red & 252) | 2, (green & 252) | 2, (blue & 252) | 2, OPAQUE);
            opaque[cell] = entry;
          }
        } else {
          alpha += (errors[here + 3] as number) >> FRACTION;
          alpha = alpha < 0 ? 0 : alpha > 255 ? 255 : alpha;
          const cell = ((red >> 3) << 15) | ((green >> 3) << 10) | ((blue >> 3) << 5) | (alpha >> 3);
          entry = others[cell] as number;
          if (entry < 0) {
            entry = this.#nearest((red & 248) | 4, (green & 248) | 4, (blue & 248) | 4, (alpha & 248) | 4);
            others[cell] = entry;
          }
        }
        rows[out] = entry;
        const unseen = difference(look, before) > ROUGH;
        before = look;
        if (unseen) continue;
        const got = looks[entry] as number;
        const ahead = here + 4 * step;
        const behind = here - 4 * step;
        red = (red - (got & 255)) * SPREAD;
        green = (green - ((got >>> 8) & 255)) * SPREAD;
        blue = (blue - ((got >>> 16) & 255)) * SPREAD;
        alpha = (alpha - (got >>> 24)) * SPREAD;
        errors[ahead] = (errors[ahead] as number) + 7 * red;
        errors[ahead + 1] = (errors[ahead + 1] as number) + 7 * green;
        errors[ahead + 2] = (errors[ahead + 2] as number) + 7 * blue;
        below[behind] = (below[behind] as number) + 3 * red;
        below[behind + 1] = (below[behind + 1] as number) + 3 * green;
        below[behind + 2] = (below[behind + 2] as number) + 3 * blue;
        below[here] = (below[here] as number) + 5 * red;
        below[here + 1] = (below[here + 1] as number) + 5 * green;
        below[here + 2] = (below[here + 2] as number) + 5 * blue;
        below[ahead] = (below[ahead] as number) + red;
        below[ahead + 1] = (below[ahead + 1] as number) + green;
        below[ahead + 2] = (below[ahead + 2] as number) + blue;
        if (alpha === 0) continue;
        errors[ahead + 3] = (errors[ahead + 3] as number) + 7 * alpha;
        below[behind + 3] = (below[behind + 3] as number) + 3 * alpha;
        below[here + 3] = (below[here + 3] as number) + 5 * alpha;
        below[ahead + 3] = (below[ahead + 3] as number) + alpha;
      }
      errors.fill(0);
      [errors, below] = [below, errors];
    }
  }

  /** The entry that shows most alike. What is opaque stays so. */
  #nearest(red: number, green: number, blue: number, alpha: number): number {
    const opacity = alpha === OPAQUE ? this.#highest : 0;
    let least = 0x7fffffff;
    let found = 0;
    for (let entry = 0; entry < this.#looks.length; entry++) {
      const look = this.#looks[entry] as number;
      if (look >>> 24 < opacity) continue;
      const r = red - (look & 255);
      const g = green - ((look >>> 8) & 255);
      const b = blue - ((look >>> 16) & 255);
      const a = alpha - (look >>> 24);
      const off = RED * r * r + GREEN * g * g + BLUE * b * b + ALPHA * a * a;
      if (off < least) {
        least = off;
        found = entry;
      }
    }
    return found;
  }
}

/** Of red, green and blue, together. */
function difference(a: number, b: number): number {
  return (
    Math.abs((a & 255) - (b & 255)) +
    Math.abs(((a >>> 8) & 255) - ((b >>> 8) & 255)) +
    Math.abs(((a >>> 16) & 255) - ((b >>> 16) & 255))
  );
}
