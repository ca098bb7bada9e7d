import { UPLOAD_OPTIONS } from './options.ts';
import { type CsvIssue, Problem } from './problem.ts';

/** The fields of an upload beside its file. */
const UPLOAD_FIELDS = Object.keys(UPLOAD_OPTIONS);
/** Those that the file may come in. */
const FILE_FIELDS = ['file', 'csv_file'];

export const KNOWN_FIELDS = `Known fields: file, ${UPLOAD_FIELDS.join(', ')}.`;

export function isUploadField(name: string): boolean {
  return UPLOAD_FIELDS.includes(name);
}

/**
 * Refuses a slip of the pen, as what was wanted would silently not happen.
 * @throws Problem `unknown_field`, naming what was probably meant
 */
export function refuseSlips(names: Iterable<string>): void {
  for (const name of names) {
    const meant = isUploadField(name) ? undefined : probablyMeant(name);
    if (meant === undefined) continue;
    throw new Problem('unknown_field', `Unknown field "${shown(name)}". Did you mean "${meant}"? ${KNOWN_FIELDS}`);
  }
}

/**
 * Says which fields are ignored: forms of browsers and frameworks send some of their own, such as a named button or a token
 * against forgery.
 */
export function warnOfUnknownFields(names: Iterable<string>): CsvIssue[] {
  const unknown = [...names].filter((name) => !isUploadField(name));
  return unknown.map((name) => {
    const message = FILE_FIELDS.includes(name)
      ? `The field "${name}" came as text, not as a file, and was ignored.`
      : `The field "${shown(name)}" is not known and was ignored. ${KNOWN_FIELDS}`;
    return { line: 1, column: null, code: 'unknown_field', message };
  });
}

/** The field whose name is one slip away, or two where it is long; short names are too near to other words. */
function probablyMeant(name: string): string | undefined {
  const slips = (known: string) => (known.length >= 8 ? 2 : known.length >= 5 ? 1 : 0);
  return UPLOAD_FIELDS.map((known) => ({ known, distance: editsBetween(name, known) }))
    .filter(({ known, distance }) => distance <= slips(known))
    .sort((a, b) => a.distance - b.distance)[0]?.known;
}

/**
 * How many letters have to be put in, left out, replaced or swapped with their neighbour (optimal string alignment). By
 * hand, as the libraries in wide use (leven, fastest-levenshtein) count a swap, the commonest slip of all, as two.
 */
function editsBetween(from: string, to: string): number {
  const edits = Array.from({ length: from.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number) => edits[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let j = 1; j <= to.length; j++) {
    for (const [i, row] of edits.entries()) {
      const replaced = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? at(i - 2, j - 2) + 1 : replaced;
      row[j] = i === 0 ? j : Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped);
    }
  }
  return at(from.length, to.length);
}

/** A name may hold anything, line breaks and a terminal's commands included. */
function shown(name: string): string {
  return name.replace(/\p{Cc}/gu, ' ').slice(0, 100);
}
