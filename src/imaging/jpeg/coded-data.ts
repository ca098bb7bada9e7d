import { NotTaken } from './not-taken.ts';

/** Coded bits of a scan without stuffing, one stretch after the other (T.81 B.1.1.5, F.1.2.3). */
export interface CodedData {
  /** Where each stretch between two restarts starts in `bytes`, and where the last one ends. */
  stretches: number[];
  /** Where the next marker stands in the file. */
  end: number;
}

/**
 * Copies coded data up to the next marker to where it can be read without looking for stuffing.
 * @param bytes takes it, from `to` on
 * @throws NotTaken where restarts are out of order, or the file ends
 */
export function copyCodedData(file: Buffer, start: number, bytes: Buffer, to: number): CodedData {
  const stretches = [to];
  let from = start;
  let length = to;
  for (;;) {
    const at = file.indexOf(0xff, from);
    if (at === -1 || at + 1 >= file.length) throw new NotTaken('no end');
    const next = file.readUInt8(at + 1);
    // The stuffed zero goes, the 255 before it stays.
    const stop = next === 0 ? at + 1 : at;
    length += file.copy(bytes, length, from, stop);
    from = at + 2;
    if (next === 0) continue;
    const restart = 0xd0 + ((stretches.length - 1) & 7);
    stretches.push(length);
    if (next !== restart) return { stretches, end: at };
  }
}
