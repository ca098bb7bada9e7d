import { sql } from 'kysely';
import type { Note, NoteCode } from '../../domain/catalogues/notes.ts';
import type { Outcome } from '../../pipeline/ports/store/records.ts';
import { jsonRows } from '../dialect.ts';
import type { ChangedImage } from './outcome-rows.ts';
import type { StoreParts, Transaction } from './store-parts.ts';

/** Writes the notes of images that were settled, and counts them; without notes it does nothing. */
export async function recordNotes(
  { dialect }: StoreParts,
  trx: Transaction,
  outcomes: Outcome[],
  settled: ChangedImage[],
): Promise<void> {
  const notes = notesByImage(outcomes);
  if (notes.size === 0) return;
  const rows = settled.flatMap(({ request, number, row, sameAs, status }) => {
    const own = status === 'done' ? (notes.get(imageId(request, sameAs ?? number)) ?? []) : [];
    return own.map(({ code, values }) => ({
      request,
      number,
      code,
      row,
      details: values === undefined ? null : JSON.stringify(values),
    }));
  });
  if (rows.length === 0) return;
  const columns = { request: 'integer', number: 'integer', code: 'text', row: 'integer', details: 'text' } as const;
  // The names of the columns: PostgreSQL takes "row" for a word of its own where it stands alone in a list of values.
  const list = sql.raw(Object.keys(columns).join(', '));
  await sql`insert into image_notes (${list}) select ${list} from ${jsonRows(dialect, columns, rows)} as new`.execute(
    trx,
  );
  const counts = [...Map.groupBy(rows, ({ request, code }) => `${request}/${code}`).values()].map((same) => ({
    request: same[0]?.request ?? 0,
    code: same[0]?.code ?? '',
    images: same.length,
  }));
  const news = jsonRows(dialect, { request: 'integer', code: 'text', images: 'integer' }, counts);
  // "where true": without it SQLite would take "on conflict" for the condition of a join.
  await sql`insert into note_counts (request, code, images) select request, code, images from ${news} as new where true
    on conflict (request, code) do update set images = note_counts.images + excluded.images`.execute(trx);
}

const imageId = (request: number, number: number) => `${request}/${number}`;

/** A code that stands twice counts once: the first of them is kept. */
function notesByImage(outcomes: Outcome[]): Map<string, Note[]> {
  const notes = new Map<string, Note[]>();
  for (const { request, number, settlement } of outcomes) {
    if (settlement.kind !== 'done' || !settlement.notes?.length) continue;
    const byCode = new Map(settlement.notes.toReversed().map((note) => [note.code, note]));
    notes.set(imageId(request, number), [...byCode.values()].toReversed());
  }
  return notes;
}

/** The notes of images by their numbers, in the order of their codes. @param range the last one is not of it */
export async function notesBetween(
  db: StoreParts['db'],
  request: number,
  range: { first: number; end: number },
): Promise<Map<number, Note[]>> {
  const rows = await db
    .selectFrom('imageNotes')
    .select(['number', 'code', 'details'])
    .where('request', '=', request)
    .where('number', '>=', range.first)
    .where('number', '<', range.end)
    .orderBy('number')
    .orderBy('code')
    .execute();
  const notes = new Map<number, Note[]>();
  for (const { number, code, details } of rows) {
    const note: Note = details === null ? { code } : { code, values: JSON.parse(details) as object };
    const others = notes.get(number);
    if (others) others.push(note);
    else notes.set(number, [note]);
  }
  return notes;
}

/** For a condition: whether an image has a note. */
export function hasNote(request: number, code: NoteCode) {
  return sql`number in (select number from image_notes where request = ${request} and code = ${code})`;
}
