import type { Scan } from './frame.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** How precisely the scans of a progressive picture have told each coefficient of each component so far. */
export class ScanProgression {
  /** Low bits of each coefficient that are still to come (Al of its last scan); -1 where no scan has held it yet. */
  readonly #missingBits: Int8Array[];

  constructor(components: number) {
    this.#missingBits = Array.from({ length: components }, () => new Int8Array(64).fill(-1));
  }

  /**
   * Adds a scan, whose spectral selection and successive approximation have to go on from those before: DC before AC, AC
   * of one component at a time, one bit more with each refinement (T.81 G.1.1.1).
   * @throws UnsupportedJpeg where they do not
   */
  add({ components, ss, se, ah, al }: Scan): void {
    if (se > 63 || ss > se || al > 13) throw new UnsupportedJpeg('spectral selection');
    for (const { component } of components) {
      const missing = this.#missingBits[component] as Int8Array;
      if (ss === 0 ? se !== 0 : components.length !== 1 || missing[0] === -1) {
        throw new UnsupportedJpeg('spectral selection');
      }
      for (let k = ss; k <= se; k++) {
        const first = missing[k] === -1;
        if (first ? ah !== 0 : missing[k] !== ah || al !== ah - 1)
          throw new UnsupportedJpeg('successive approximation');
        missing[k] = al;
      }
    }
  }

  /** @throws UnsupportedJpeg where bits are missing: a full decoder would smooth over that (libjpeg's block smoothing) */
  finish(): void {
    if (this.#missingBits.some((missing) => missing.some((bits) => bits !== 0)))
      throw new UnsupportedJpeg('incomplete');
  }
}
