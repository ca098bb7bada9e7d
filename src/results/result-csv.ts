import type { ProductRecord, RequestRecord, RequestStore } from '../pipeline/ports/store.ts';
import { encoded } from '../tables/encode-text.ts';
import { importHeader, importRow, inTexts, resultEncoding, resultHeader, resultRow } from '../tables/write-results.ts';
import type { ImageLinks } from './image-links.ts';
import { outputSlot } from './output-slot.ts';
import { productPages } from './product-pages.ts';

/** The uploaded CSV with its outputs, streamed, in the encoding of the upload; as text where that is UTF-8. */
export function resultCsv(
  store: Pick<RequestStore, 'products'>,
  record: RequestRecord,
  links: ImageLinks,
): AsyncIterable<string | Uint8Array> {
  const line = ({ cells, images }: ProductRecord) => {
    const urls = images.map(({ inputUrl }) => inputUrl);
    const outputs = images.map((image) => outputSlot(record, image, links));
    return resultRow(record.layout, { cells, urls }, outputs);
  };
  return encoded(rows(store, record, resultHeader(record.layout), line), resultEncoding(record.layout));
}

/** The uploaded CSV with the new links in the place of the old ones, where there are new ones; streamed, as above. */
export function importCsv(
  store: Pick<RequestStore, 'products'>,
  record: RequestRecord,
  links: ImageLinks,
): AsyncIterable<string | Uint8Array> {
  const line = ({ cells, images }: ProductRecord) => {
    const urls = images.map(({ inputUrl }) => inputUrl);
    const made = images.map(({ key }) => (key === null ? undefined : links.linkTo(record, key)));
    return importRow(record.layout, { cells, urls }, made);
  };
  return encoded(rows(store, record, importHeader(record.layout), line), resultEncoding(record.layout));
}

async function* rows(
  store: Pick<RequestStore, 'products'>,
  record: RequestRecord,
  header: string,
  line: (product: ProductRecord) => string,
): AsyncGenerator<string> {
  yield header;
  for await (const page of productPages(store, record, { imageless: true, names: false })) yield* inTexts(page, line);
}
