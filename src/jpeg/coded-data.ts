import type { Codec } from './codec.ts';
import { NotTaken } from './not-taken.ts';

/** Coded bits of a scan without stuffing, one stretch after the other, backwards (T.81 B.1.1.5, F.1.2.3). */
export interface CodedData {
  /** Address of the first byte of each stretch between two restarts, and of the one below the last one. */
  stretches: number[];
  /** Where the next marker stands in the file. */
  end: number;
}

/**
 * Copies coded data up to the next marker to where it can be read without looking for stuffing.
 * @param copy address of the file in the codec
 * @throws NotTaken where restarts are out of order, or the file ends
 */
export function copyCodedData(file: Buffer, start: number, { run }: Codec, copy: number): CodedData {
  const stretches = [run.unstuffed.value];
  for (let at = start; ; at += 2) {
    at = run.unstuff(copy + at, copy + file.length) - copy;
    if (at + 1 >= file.length) throw new NotTaken('no end');
    const restart = 0xd0 + ((stretches.length - 1) & 7);
    stretches.push(run.unstuffed.value);
    if (file[at + 1] !== restart) return { stretches, end: at };
  }
}
