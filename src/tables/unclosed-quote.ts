import { Problem } from '../domain/problem.ts';
import { columnName } from './column-name.ts';

/** A quote that swallows the rows below it. */
export function unclosedQuote(line: number, header: string[], column: number, cause?: unknown): Problem {
  const message = `A quote that opens in the row on line ${line} is never closed. Close it, or write "" for a quote inside a cell.`;
  const issues = [{ line, column: columnName(header, column), code: 'unclosed_quote', message }];
  return new Problem('unclosed_quote', message, { issues, cause });
}
