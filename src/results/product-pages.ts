import { setImmediate } from 'node:timers/promises';
import type { NoteCode } from '../domain/catalogues/notes.ts';
import type { ImageStatus } from '../domain/image.ts';
import type { ProductRecord, RequestRecord } from '../pipeline/ports/store/records.ts';
import type { RowQueries } from '../pipeline/ports/store/rows.ts';

interface Wanted {
  /** 0-based row to begin with. */
  from?: number;
  /** Of products in all. */
  limit?: number;
  status?: ImageStatus | undefined;
  note?: NoteCode | undefined;
  /** Also the rows without an image. */
  imageless?: boolean;
  /** False where no serial number and no name is shown. */
  names?: boolean;
  /** False where no cells are needed. */
  cells?: boolean;
}

/**
 * The products of a request page by page, in the order of the file. A page is a megabyte at most, or a single row.
 * @throws where rows went away meanwhile: an answer that is cut short must not look whole
 */
export async function* productPages(
  store: Pick<RowQueries, 'products'>,
  record: RequestRecord,
  { from = 0, limit = Number.POSITIVE_INFINITY, status, note, ...wanted }: Wanted = {},
): AsyncGenerator<ProductRecord[], void, undefined> {
  let seen = 0;
  for (let next = from, left = limit; left > 0; ) {
    const page = await store.products(record.number, {
      ...wanted,
      from: next,
      ...(left < Number.POSITIVE_INFINITY ? { limit: left } : {}),
      ...(status ? { status } : {}),
      ...(note ? { note } : {}),
    });
    const last = page.at(-1);
    if (!last) break;
    next = last.row + 1;
    left -= page.length;
    seen += page.filter(({ images }) => images.length > 0).length;
    yield page;
    // The embedded database answers without a pause: others get their turn between pages.
    await setImmediate();
  }
  if (
    status === undefined &&
    note === undefined &&
    limit === Number.POSITIVE_INFINITY &&
    seen < record.productsTotal - from
  ) {
    throw new Error(
      `${seen} of ${record.productsTotal - from} products left: the request was deleted while it was read`,
    );
  }
}
