import { csvText, resultCells, resultHeader } from '../csv/write-results.ts';
import type { RequestRecord, RequestStore } from '../pipeline/ports.ts';
import type { ImageLinks } from './image-links.ts';
import { outputSlot } from './output-slot.ts';
import { productPages } from './product-pages.ts';

/** The uploaded CSV with its outputs as text, streamed. */
export async function* resultCsv(
  store: Pick<RequestStore, 'products'>,
  record: RequestRecord,
  links: ImageLinks,
): AsyncGenerator<string> {
  yield resultHeader(record.layout);
  for await (const page of productPages(store, record)) {
    const rows = page.map((product) => {
      const urls = product.images.map(({ inputUrl }) => inputUrl);
      const outputs = product.images.map((image) => outputSlot(record, image, links));
      return resultCells(record.layout, { cells: product.cells, urls }, outputs);
    });
    yield csvText(record.layout, rows);
  }
}
