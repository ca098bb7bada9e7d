import { NotTaken } from './not-taken.ts';
import type { Scan } from './read-markers.ts';

/** What the scans of a progressive picture have told so far, of each component and each of its 64 coefficients. */
export class Progress {
  /** Bits that are still to come; -1 where none has come yet. */
  readonly #missing: Int8Array[];

  constructor(components: number) {
    this.#missing = Array.from({ length: components }, () => new Int8Array(64).fill(-1));
  }

  /** Each scan sends the next bits of its band, DC before AC (T.81 G.1.1.1). @throws NotTaken where it does not */
  add({ parts, from, to, high, low }: Scan): void {
    if (to > 63 || from > to || low > 13) throw new NotTaken('band');
    for (const { component } of parts) {
      const missing = this.#missing[component] as Int8Array;
      if (from === 0 ? to !== 0 : parts.length !== 1 || missing[0] === -1) throw new NotTaken('band');
      for (let place = from; place <= to; place++) {
        const first = missing[place] === -1;
        if (first ? high !== 0 : missing[place] !== high || low !== high - 1) throw new NotTaken('bits');
        missing[place] = low;
      }
    }
  }

  /** @throws NotTaken where something is missing: a decoder would make up for it by smoothing */
  finish(): void {
    if (this.#missing.some((missing) => missing.some((bits) => bits !== 0))) throw new NotTaken('incomplete');
  }
}
