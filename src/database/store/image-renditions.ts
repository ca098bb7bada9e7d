import { sql } from 'kysely';
import type { StoredRendition } from '../../domain/image.ts';
import type { Outcome } from '../../pipeline/ports/store/records.ts';
import { jsonRows } from '../dialect.ts';
import type { ChangedImage } from './outcome-rows.ts';
import type { StoreParts, Transaction } from './store-parts.ts';

const COLUMNS = {
  request: 'integer',
  number: 'integer',
  place: 'integer',
  name: 'text',
  key: 'text',
  format_out: 'text',
  width: 'integer',
  height: 'integer',
  bytes_out: 'integer',
} as const;

/** Writes the further pictures of images that were settled; without any it does nothing. */
export async function recordRenditions(
  { dialect }: StoreParts,
  trx: Transaction,
  outcomes: Outcome[],
  settled: ChangedImage[],
): Promise<void> {
  const byImage = new Map(
    outcomes.flatMap(({ request, number, settlement }) =>
      settlement.kind === 'done' && settlement.renditions
        ? [[imageId(request, number), settlement.renditions] as const]
        : [],
    ),
  );
  if (byImage.size === 0) return;
  const rows = settled.flatMap(({ request, number, sameAs, status }) => {
    const own = status === 'done' ? (byImage.get(imageId(request, sameAs ?? number)) ?? []) : [];
    return own.map(({ name, key, formatOut, width, height, bytesOut }, place) => {
      return { request, number, place, name, key, format_out: formatOut, width, height, bytes_out: bytesOut };
    });
  });
  if (rows.length === 0) return;
  const list = sql.raw(Object.keys(COLUMNS).join(', '));
  await sql`insert into image_renditions (${list}) select ${list} from ${jsonRows(dialect, COLUMNS, rows)} as new`.execute(
    trx,
  );
}

const imageId = (request: number, number: number) => `${request}/${number}`;

/** The further pictures of images by their numbers, in their order. @param range the last one is not of it */
export async function renditionsBetween(
  db: StoreParts['db'],
  request: number,
  range: { first: number; end: number },
): Promise<Map<number, StoredRendition[]>> {
  const rows = await db
    .selectFrom('imageRenditions')
    .select(['number', 'name', 'key', 'formatOut', 'width', 'height', 'bytesOut'])
    .where('request', '=', request)
    .where('number', '>=', range.first)
    .where('number', '<', range.end)
    .orderBy('number')
    .orderBy('place')
    .execute();
  const renditions = new Map<number, StoredRendition[]>();
  for (const { number, ...rendition } of rows) {
    const others = renditions.get(number);
    if (others) others.push(rendition);
    else renditions.set(number, [rendition]);
  }
  return renditions;
}
