import { fileProblem, type Problem } from '../domain/problem.ts';

/** Characters of one row, so that a file without line ends cannot fill the memory. */
export const RECORD_BYTES = 1_000_000;

export function rowTooLong(line: number, cause?: unknown): Problem {
  return fileProblem('row_too_long', { line, cause }, { line, limit: RECORD_BYTES });
}
