import type { CsvIssue } from '../domain/csv-issue.ts';

/** Also as a server of another version gives it, whose codes we need not know. */
export type ShownIssue = Pick<CsvIssue, 'line' | 'column' | 'message'>;

/**
 * What is wrong in a file, a line each below a title; empty where nothing is.
 * @param count of all issues, of which `issues` are the first
 */
export function issuesText(title: string, issues: ShownIssue[], count: number): string {
  if (count === 0) return '';
  const rest = count - issues.length;
  return [
    `${title}: ${count}`,
    ...issues.map(({ line, column, message }) => `  line ${line}${column ? `, ${column}` : ''}: ${message}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ].join('\n');
}

/** As many as may stand above the result without hiding it. */
const SHOWN = 10;

/**
 * The rows that were left out, and why; `pixmill check` shows more.
 * @param all where all of them are named
 */
export function leftOutText(errors: ShownIssue[], count: number, all: string): string {
  const rows = count === 1 ? '1 row is left out' : `${count} rows are left out`;
  const [, ...lines] = issuesText('', errors.slice(0, SHOWN), count).split('\n');
  return [`${rows}; ${all}`, ...lines].join('\n');
}

/** The warnings of an upload; `pixmill check` shows more. */
export function warningsText(warnings: ShownIssue[], count: number): string {
  return issuesText('Warnings', warnings.slice(0, SHOWN), count);
}
