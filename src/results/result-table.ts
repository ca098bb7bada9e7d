import type { Format, Layout } from '../domain/result-forms.ts';
import type { ProductRecord, RequestRecord } from '../pipeline/ports/store/records.ts';
import type { RowQueries } from '../pipeline/ports/store/rows.ts';
import { encoded } from '../tables/encode-text.ts';
import { RecordReader } from '../tables/record-reader.ts';
import { inTexts, resultEncoding, row } from '../tables/write-results.ts';
import { cellValue } from '../tables/written-cell.ts';
import type { ImageLinks } from './image-links.ts';
import { layoutWriter } from './layouts.ts';
import { productPages } from './product-pages.ts';
import { workbookBytes } from './workbook-bytes.ts';

type Rows = Pick<RowQueries, 'products'>;

/** Of the sheet in a workbook. */
const SHEET_NAME = 'Products';
/** Programs take this line for the delimiter; in a workbook it would be a row. */
const DELIMITER_LINE = /^sep=.?$/i;

/**
 * The result of a request as a table, streamed: the uploaded cells with the new links.
 * @param layout `result`: with one column more; `import`: the new links in the place of the old ones, which stay where there
 *   is no new one; `report`: with further columns about the images
 * @param format `csv`: in the encoding of the upload, as text where that is UTF-8; `xlsx`: a workbook
 * @example for await (const chunk of resultTable(store, record, LASTING_LINKS, 'report', 'xlsx')) file.write(chunk);
 */
export function resultTable(
  store: Rows,
  record: RequestRecord,
  links: ImageLinks,
  layout: Layout = 'result',
  format: Format = 'csv',
): AsyncIterable<string | Uint8Array> {
  const { head, cells } = layoutWriter(layout, record, links);
  if (format === 'xlsx') return workbookBytes(SHEET_NAME, valueRows(store, record, head, cells));
  const line = (product: ProductRecord) => row(record.layout, cells(product));
  return encoded(lines(store, record, head, line), resultEncoding(record.layout));
}

async function* lines(
  store: Rows,
  record: RequestRecord,
  head: string,
  line: (product: ProductRecord) => string,
): AsyncGenerator<string> {
  yield head;
  for await (const page of pagesOf(store, record)) yield* inTexts(page, line);
}

async function* valueRows(
  store: Rows,
  record: RequestRecord,
  head: string,
  cells: (product: ProductRecord) => string[],
): AsyncGenerator<string[][]> {
  const written = new RecordReader(record.layout.delimiter).read(head.replace(/^\ufeff/, ''), true);
  const above = written.map((one) => one.cells.map(cellValue));
  yield above.filter(([first = '']) => !DELIMITER_LINE.test(first));
  for await (const page of pagesOf(store, record)) yield page.map((product) => cells(product).map(cellValue));
}

function pagesOf(store: Rows, record: RequestRecord) {
  return productPages(store, record, { imageless: true, names: false });
}
