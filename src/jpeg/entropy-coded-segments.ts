import type { Codec } from './codec.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** The entropy-coded segments of a scan, one a restart interval (T.81 B.1.1.5), unstuffed and backwards in the codec. */
export interface EntropyCodedSegments {
  /** Address of the first byte of each, and of the byte below the last one. */
  segments: number[];
  /** Offset in the file of the marker behind them. */
  end: number;
}

/**
 * Copies the entropy-coded segments of a scan without byte stuffing.
 * @param start offset of the first one in the file
 * @param copy address of the file in the codec
 * @throws UnsupportedJpeg where restart markers are out of order (T.81 B.2.1), or the file ends
 */
export function copySegments(file: Buffer, start: number, { run }: Codec, copy: number): EntropyCodedSegments {
  const segments = [run.unstuffed.value];
  for (let at = start; ; at += 2) {
    at = run.unstuff(copy + at, copy + file.length) - copy;
    if (at + 1 >= file.length) throw new UnsupportedJpeg('no end');
    const restart = 0xd0 + ((segments.length - 1) & 7);
    segments.push(run.unstuffed.value);
    if (file[at + 1] !== restart) return { segments, end: at };
  }
}
