import { Problem } from '../domain/problem.ts';

/** Characters of one row, so that a file without line ends cannot fill the memory. */
export const RECORD_BYTES = 1_000_000;

export function rowTooLong(line: number, cause?: unknown): Problem {
  const message = `The row on line ${line} is longer than ${RECORD_BYTES} characters. Shorten its cells, or take the columns out that are not needed.`;
  return new Problem('row_too_long', message, {
    issues: [{ line, column: null, code: 'row_too_long', message }],
    cause,
  });
}
