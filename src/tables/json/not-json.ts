import { Problem } from '../../domain/problem.ts';

/** A JSON file that is no table, and why. */
export function notJson(line: number, why: string, cause?: unknown): Problem {
  const message = `The file cannot be read as products in JSON. ${why}`;
  return new Problem('not_csv', message, { issues: [{ line, column: null, code: 'not_csv', message }], cause });
}
