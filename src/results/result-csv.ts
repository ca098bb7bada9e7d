import { csvText, importCells, importHeader, importText, resultCells, resultHeader } from '../csv/write-results.ts';
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
  for await (const page of productPages(store, record, { imageless: true })) {
    const rows = page.map((product) => {
      const urls = product.images.map(({ inputUrl }) => inputUrl);
      const outputs = product.images.map((image) => outputSlot(record, image, links));
      return resultCells(record.layout, { cells: product.cells, urls }, outputs);
    });
    yield csvText(record.layout, rows);
  }
}

/** The uploaded CSV with the new links in the place of the old ones, where there are new ones; streamed. */
export async function* importCsv(
  store: Pick<RequestStore, 'products'>,
  record: RequestRecord,
  links: ImageLinks,
): AsyncGenerator<string> {
  yield importHeader(record.layout);
  for await (const page of productPages(store, record, { imageless: true })) {
    const rows = page.map(({ cells, images }) => {
      const urls = images.map(({ key, inputUrl }) => (key === null ? inputUrl : links.linkTo(record, key)));
      return importCells(record.layout, cells, urls);
    });
    yield importText(record.layout, rows);
  }
}
