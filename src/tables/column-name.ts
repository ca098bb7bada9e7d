/** Longest name of a column in an issue: a million rows may have one each, and a header cell holds 60 kB. */
const LONGEST = 100;

/** The name of a column as an issue gives it; null where the header has no such column. */
export function columnName(header: string[], column: number): string | null {
  return header[column]?.slice(0, LONGEST) ?? null;
}
