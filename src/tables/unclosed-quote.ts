import { fileProblem, type Problem } from '../domain/problem.ts';
import { columnName } from './column-name.ts';

/** A quote that swallows the rows below it. */
export function unclosedQuote(line: number, header: string[], column: number, cause?: unknown): Problem {
  return fileProblem('unclosed_quote', { line, column: columnName(header, column), cause }, { line });
}
