import { setImmediate } from 'node:timers/promises';
import type { ImageStatus } from '../domain/image.ts';
import type { ProductRecord, RequestRecord, RequestStore } from '../pipeline/ports.ts';

/** Few enough that a page of products with 50 images each stays at some megabytes. */
const PAGE = 250;

/**
 * All products of a request page by page, in the order of the file.
 * @param from 0-based row to begin with
 * @param imageless also the rows without an image
 * @throws where rows went away meanwhile: an answer that is cut short must not look whole
 */
export async function* productPages(
  store: Pick<RequestStore, 'products'>,
  record: RequestRecord,
  {
    from = 0,
    status,
    imageless = false,
  }: { from?: number; status?: ImageStatus | undefined; imageless?: boolean } = {},
): AsyncGenerator<ProductRecord[], void, undefined> {
  let seen = 0;
  for (let next = from; ; ) {
    const page = await store.products(record.number, {
      from: next,
      limit: PAGE,
      imageless,
      ...(status ? { status } : {}),
    });
    const last = page.at(-1);
    if (!last) break;
    seen += page.filter(({ images }) => images.length > 0).length;
    yield page;
    // The embedded database answers without a pause: others get their turn between pages.
    await setImmediate();
    if (page.length < PAGE) break;
    next = last.row + 1;
  }
  if (status === undefined && seen < record.productsTotal - from) {
    throw new Error(
      `${seen} of ${record.productsTotal - from} products left: the request was deleted while it was read`,
    );
  }
}
