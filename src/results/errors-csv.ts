import { failureKind } from '../domain/catalogues/failures.ts';
import type { CsvLayout, RejectedRow } from '../domain/product.ts';
import type { ImageRecord } from '../domain/request.ts';
import type { ProductRecord, RequestRecord } from '../pipeline/ports/store/records.ts';
import type { RowQueries } from '../pipeline/ports/store/rows.ts';
import { encoded } from '../tables/encode-text.ts';
import {
  guarded,
  guardedCell,
  headerRow,
  inTexts,
  resultEncoding,
  row,
  uploadedCells,
} from '../tables/write-results.ts';
import { cellValue, writeCell } from '../tables/written-cell.ts';
import { productPages } from './product-pages.ts';

const COLUMNS = ['URL', 'Stage', 'Code', 'Message', 'Hint'];
const REJECTED_HINT = 'Correct the row and upload it again.';

/** The rows of errors.csv, streamed, in the encoding of the upload; as text where that is UTF-8. */
export function errorsCsv(store: RowQueries, record: RequestRecord): AsyncIterable<string | Uint8Array> {
  return encoded(errorsText(store, record), resultEncoding(record.layout));
}

async function* errorsText(store: RowQueries, record: RequestRecord): AsyncGenerator<string> {
  const { layout, number } = record;
  const mark = layout.bom || layout.resultEncoding !== undefined ? '\ufeff' : '';
  yield mark + headerRow(layout, COLUMNS);
  for await (const page of productPages(store, record, { status: 'failed', names: false })) {
    const failed = page.flatMap(({ cells, images }) => images.map((image) => ({ cells, image })));
    yield* inTexts(failed, (one) => failedRow(layout, one));
  }
  for (let afterLine = 0; ; ) {
    const rows = await store.rejectedRows(number, { afterLine });
    const last = rows.at(-1);
    if (!last) return;
    yield* inTexts(rows, (rejected) => rejectedRow(layout, rejected));
    afterLine = last.line;
  }
}

function failedRow(
  layout: CsvLayout,
  { cells, image: { inputUrl, error } }: { cells: ProductRecord['cells']; image: ImageRecord },
): string {
  const uploaded = uploadedCells(layout, cells, [inputUrl]).map((cell) => guardedCell(cell, layout));
  for (const [index, column] of layout.imageColumns.entries()) {
    uploaded[column] = index === 0 ? ownCell(inputUrl, layout) : '';
  }
  const { code = 'internal_error', stage = 'request', message = '' } = error ?? {};
  const reasons = [inputUrl, stage, code, message, failureKind(code).hint];
  return row(layout, [...uploaded, ...reasons.map((cell) => ownCell(cell, layout))]);
}

/** Cells beyond the header would push the reasons out of their columns: they go into the last one. */
function rejectedRow(layout: CsvLayout, { cells, issue }: RejectedRow): string {
  const { header, delimiter, written } = layout;
  const last = header.length - 1;
  const values = () => cells.slice(last).map((cell) => (written ? cellValue(cell) : cell));
  const uploaded = header.map((_name, column) =>
    column === last && cells.length > header.length
      ? ownCell(values().join(delimiter), layout)
      : guardedCell(cells[column] ?? '', layout),
  );
  const reasons = ['', 'upload', issue.code, issue.message, REJECTED_HINT];
  return row(layout, [...uploaded, ...reasons.map((cell) => ownCell(cell, layout))]);
}

function ownCell(value: string, { delimiter }: CsvLayout): string {
  return writeCell(guarded(value, delimiter), delimiter);
}
