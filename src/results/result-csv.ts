import type { ProductRecord, RequestRecord } from '../pipeline/ports/store/records.ts';
import type { RowQueries } from '../pipeline/ports/store/rows.ts';
import {
  csvText,
  importCells,
  importHeader,
  importText,
  inTexts,
  resultCells,
  resultHeader,
} from '../tables/write-results.ts';
import type { ImageLinks } from './image-links.ts';
import { outputSlot } from './output-slot.ts';
import { productPages } from './product-pages.ts';

/** The uploaded CSV with its outputs as text, streamed. */
export async function* resultCsv(
  store: Pick<RowQueries, 'products'>,
  record: RequestRecord,
  links: ImageLinks,
): AsyncGenerator<string> {
  const names = (record.options.renditions ?? []).map(({ name }) => name);
  const cellsOf = ({ cells, images }: ProductRecord) => {
    const urls = images.map(({ inputUrl }) => inputUrl);
    const outputs = images.map((image) => outputSlot(record, image, links));
    const further = names.map((name) => [name, images.map((image) => outputSlot(record, image, links, name))] as const);
    return resultCells(record.layout, { cells, urls }, outputs, new Map(further));
  };
  yield resultHeader(record.layout, names);
  for await (const page of productPages(store, record, { imageless: true, names: false })) {
    yield* inTexts(page, cellsOf, (rows) => csvText(record.layout, rows));
  }
}

/** The uploaded CSV with the new links in the place of the old ones, where there are new ones; streamed. */
export async function* importCsv(
  store: Pick<RowQueries, 'products'>,
  record: RequestRecord,
  links: ImageLinks,
): AsyncGenerator<string> {
  const cellsOf = ({ cells, images }: ProductRecord) => {
    const urls = images.map(({ key, inputUrl }) => (key === null ? inputUrl : links.linkTo(record, key)));
    return importCells(record.layout, cells, urls);
  };
  yield importHeader(record.layout);
  for await (const page of productPages(store, record, { imageless: true, names: false })) {
    yield* inTexts(page, cellsOf, (rows) => importText(record.layout, rows));
  }
}
