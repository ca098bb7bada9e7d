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

/** "1 row is", "196 rows are" left out. */
export function leftOutText(rows: number): string {
  return rows === 1 ? '1 row is left out' : `${rows} rows are left out`;
}

/** As many as may stand above the result without hiding it. */
const SHOWN = 10;

/** The warnings of an upload; `pixmill check` shows more. */
export function warningsText(warnings: ShownIssue[], count: number): string {
  return issuesText('Warnings', warnings.slice(0, SHOWN), count);
}
