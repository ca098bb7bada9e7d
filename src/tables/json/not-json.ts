import { fileProblem, type Problem } from '../../domain/problem.ts';

/** A JSON file that is no table, and why. */
export function notJson(line: number, why: string, cause?: unknown): Problem {
  return fileProblem('not_csv', { line, cause }, { why: `The file cannot be read as products in JSON. ${why}` });
}
