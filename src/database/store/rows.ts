import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import { issueFromStored } from '../../domain/csv-issue.ts';
import type { Placeholder } from '../../domain/image.ts';
import type { ImageRecord } from '../../domain/request.ts';
import type { ProductQuery, RowQueries } from '../../pipeline/ports/store/rows.ts';
import { jsonRows } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import { hasNote, notesBetween } from './image-notes.ts';
import { renditionsBetween } from './image-renditions.ts';
import type { StoreParts } from './store-parts.ts';

/** Rows of a page at most; others get their turn between pages. */
const PAGE_ROWS = 250;
/** Rows that are looked at first: SQLite passes over the whole of a row to tell its length, and one may fill a page. */
const FIRST_ROWS = 8;
/** Texts of a page in bytes: a reader that is slow keeps its page in memory, and a row may have a megabyte. */
const PAGE_BYTES = 1_000_000;
/** Images of a page: their links, of the greatest length, are about as much. */
const PAGE_IMAGES = 500;

/** The rows of a request, page by page: at least one row, and no more than fit into a page. */
export function createRowQueries({ db, dialect }: StoreParts): RowQueries {
  const bare = db.withoutPlugins();

  /** The rows of the next page, by their places. */
  async function nextPage(rows: RawBuilder<unknown>): Promise<number[]> {
    const lengths = async (limit: number) =>
      (await sql<{ place: number; bytes: number }>`${rows} limit ${limit}`.execute(bare)).rows;
    const first = await lengths(FIRST_ROWS);
    const long = first.reduce((sum, { bytes }) => sum + bytes, 0) > PAGE_BYTES / 2;
    const found = long || first.length < FIRST_ROWS ? first : await lengths(PAGE_ROWS);
    return fitting(found, ({ bytes }) => bytes, PAGE_BYTES).map(({ place }) => place);
  }

  /** One parameter however many there are: each number of parameters would be a statement of its own. */
  const among = (places: Iterable<number>) =>
    sql<number>`(select place from ${jsonRows(
      dialect,
      { place: 'integer' },
      Array.from(places, (place) => ({ place })),
    )} as places)`;

  /** Names that rows have taken from rows above, by the rows that have them. */
  async function takenNames(request: number, rows: { nameRow?: number | null }[]): Promise<Map<number, string>> {
    const places = new Set(rows.flatMap(({ nameRow }) => nameRow ?? []));
    if (places.size === 0) return new Map();
    const named = await db
      .selectFrom('products')
      .select(['row', 'name'])
      .where('request', '=', request)
      .where('row', 'in', among(places))
      .execute();
    return new Map(named.map(({ row, name }) => [row, name]));
  }

  async function imagesOf(
    request: number,
    products: Pick<Tables['products'], 'firstImage' | 'imageCount'>[],
    { status, note }: Pick<ProductQuery, 'status' | 'note'>,
  ): Promise<Map<number, ImageRecord[]>> {
    const [first, last] = [products[0], products.at(-1)];
    if (!first || !last) return new Map();
    const range = { first: first.firstImage, end: last.firstImage + last.imageCount };
    const { rows } = await sql<ImageRow>`select ${IMAGE_COLUMNS} from images where request = ${request}
      and number >= ${range.first} and number < ${range.end}
      ${status ? sql`and status = ${status}` : sql``} ${note ? sql`and ${hasNote(request, note)}` : sql``}
      order by number`.execute(bare);
    const notes = await notesBetween(db, request, range);
    const renditions = await renditionsBetween(db, request, range);
    const images = rows.map((image) =>
      toImage(image, { notes: notes.get(image.number) ?? [], renditions: renditions.get(image.number) ?? [] }),
    );
    return Map.groupBy(images, ({ row }) => row);
  }

  return {
    async products(request, query) {
      const { from, limit = PAGE_ROWS, status, note, imageless = false, names = true, cells = true } = query;
      for (let next = from; ; ) {
        const having = havingImages(request, next, { status, note });
        // The cells count for everybody: SQLite passes over them on its way to the columns behind.
        const places = await nextPage(sql`select row as place,
            octet_length(serial) + octet_length(name) + octet_length(cells) as bytes
          from products where request = ${request} and row >= ${next} ${having} order by row`);
        const end = places.at(-1);
        if (end === undefined) return [];
        let rowsOfPage = db
          .selectFrom('products')
          .select(['row', 'line', 'firstImage', 'imageCount'])
          .$if(names, (rows) => rows.select(['serial', 'name', 'nameRow', takenBytes.as('takenBytes')]))
          .$if(cells, (rows) => rows.select('cells'))
          .where('request', '=', request)
          .where('row', '>=', next)
          .where('row', '<=', end)
          .orderBy('row')
          .limit(limit);
        if (!imageless) rowsOfPage = rowsOfPage.where('imageCount', '>', 0);
        if (status || note) rowsOfPage = rowsOfPage.where('row', 'in', among(places));
        const rows = fitting(await rowsOfPage.execute(), ({ takenBytes }) => takenBytes ?? 0, PAGE_BYTES);
        const products = fitting(rows, ({ imageCount }) => imageCount, PAGE_IMAGES);
        if (products.length === 0) {
          next = end + 1;
          // A shop's export may have a million rows without an image, and the embedded database answers without a pause.
          await setImmediate();
          continue;
        }
        const taken = await takenNames(request, products);
        const images = await imagesOf(request, products, { status, note });
        return products.map(({ row, line, serial = '', name = '', nameRow, cells }) => ({
          row,
          line,
          serial,
          name: taken.get(nameRow ?? -1) ?? name,
          cells: cells === undefined ? [] : (JSON.parse(cells) as (string | null)[]),
          images: images.get(row) ?? [],
        }));
      }
    },

    async rejectedRows(request, { afterLine, limit = PAGE_ROWS }) {
      const places = await nextPage(sql`select line as place, octet_length(cells) + octet_length(issue) as bytes
        from rejected_rows where request = ${request} and line > ${afterLine} order by line`);
      const end = places.at(-1);
      if (end === undefined) return [];
      const rows = await db
        .selectFrom('rejectedRows')
        .select(['line', 'cells', 'issue'])
        .where('request', '=', request)
        .where('line', '>', afterLine)
        .where('line', '<=', end)
        .orderBy('line')
        .limit(limit)
        .execute();
      return rows.map(({ line, cells, issue }) => ({
        line,
        cells: JSON.parse(cells) as string[],
        issue: issueFromStored(line, JSON.parse(issue)),
      }));
    },
  };
}

/** A condition on products: those from a row on that have such images, found in an index. */
function havingImages(request: number, from: number, { status, note }: Pick<ProductQuery, 'status' | 'note'>) {
  if (!status && !note) return sql``;
  const images = status
    ? sql`images where request = ${request} and status = ${status} ${note ? sql`and ${hasNote(request, note)}` : sql``}`
    : sql`image_notes where request = ${request} and code = ${note}`;
  return sql`and row in (select distinct row from ${images} and row >= ${from} order by row limit ${PAGE_ROWS})`;
}

const takenBytes = sql<number | null>`(select octet_length(named.name) from products as named
  where named.request = products.request and named.row = products.name_row)`;

/** The first ones that are together no more than `most`, but at least one. */
function fitting<T>(rows: T[], sizeOf: (row: T) => number, most: number): T[] {
  let sum = 0;
  const over = rows.findIndex((row, index) => {
    sum += sizeOf(row);
    return sum > most && index > 0;
  });
  return over === -1 ? rows : rows.slice(0, over);
}

/** Renamed by SQL: row by row, renaming takes a quarter of the time of a page. */
const IMAGE_COLUMNS = sql.raw(`number, row, position, input_url as "inputUrl", status, key, outcome,
  error_code as "errorCode", error_stage as "errorStage", error_message as "errorMessage", format_in as "formatIn",
  format_out as "formatOut", width_in as "widthIn", height_in as "heightIn", width, height, bytes_in as "bytesIn",
  bytes_out as "bytesOut", placeholder, attempts, updated_at as "updatedAt"`);

type ImageRow = Omit<Tables['images'], 'request' | 'sameAs' | 'retryAt'>;

function toImage(
  { errorCode, errorStage, errorMessage, placeholder, ...rest }: ImageRow,
  others: Pick<ImageRecord, 'notes' | 'renditions'>,
): ImageRecord {
  const failed = errorCode !== null && errorStage !== null && errorMessage !== null;
  return {
    ...rest,
    ...others,
    placeholder: placeholder === null ? null : (JSON.parse(placeholder) as Placeholder),
    error: failed ? { code: errorCode, stage: errorStage, message: errorMessage } : null,
  };
}
