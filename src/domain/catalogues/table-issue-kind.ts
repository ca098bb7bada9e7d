/** `error`: refuses the row or the file. `warning`: read, but look at it. `notice`: read as it was meant, nothing to correct. */
type Severity = 'error' | 'warning' | 'notice';

type Value = string | number | boolean | null | string[];

export interface TableIssueKind<Values extends Record<string, Value>> {
  severity: Severity;
  /** For docs/errors.md: what it means, without the values of one case. */
  meaning: string;
  /** One sentence or two for the user: what is wrong, and what to do. */
  sentence(values: Values): string;
}

export const kind = <Values extends Record<string, Value> = Record<never, never>>(
  severity: Severity,
  meaning: string,
  sentence: (values: Values) => string,
): TableIssueKind<Values> => ({ severity, meaning, sentence });

export function quoted(text: string): string {
  return `"${text}"`;
}

/** "a", "b" and 3 more. @param count of all, where `names` are the first */
export function listed(names: string[], count = names.length): string {
  return names.join(', ') + (count > names.length ? ` and ${count - names.length} more` : '');
}
