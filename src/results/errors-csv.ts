import { failureKind } from '../domain/catalogues/failures.ts';
import type { CsvLayout, RejectedRow } from '../domain/product.ts';
import type { ImageRecord } from '../domain/request.ts';
import type { ProductRecord, RequestRecord } from '../pipeline/ports/store/records.ts';
import type { RowQueries } from '../pipeline/ports/store/rows.ts';
import { csvText, inTexts, uploadedCells } from '../tables/write-results.ts';
import { productPages } from './product-pages.ts';

const COLUMNS = ['URL', 'Stage', 'Code', 'Message', 'Hint'];
const REJECTED_HINT = 'Correct the row and upload it again.';

/** The rows of errors.csv as text, streamed. */
export async function* errorsCsv(store: RowQueries, record: RequestRecord): AsyncGenerator<string> {
  const { layout, number } = record;
  const text = (rows: string[][]) => csvText(layout, rows);
  yield (layout.bom ? '\ufeff' : '') + csvText(layout, [[...layout.header, ...COLUMNS]]);
  for await (const page of productPages(store, record, { status: 'failed', names: false })) {
    const failed = page.flatMap(({ cells, images }) => images.map((image) => ({ cells, image })));
    yield* inTexts(failed, (one) => failedRow(layout, one), text);
  }
  for (let afterLine = 0; ; ) {
    const rows = await store.rejectedRows(number, { afterLine });
    const last = rows.at(-1);
    if (!last) return;
    yield* inTexts(rows, (row) => rejectedRow(layout, row), text);
    afterLine = last.line;
  }
}

function failedRow(
  layout: CsvLayout,
  { cells, image: { inputUrl, error } }: { cells: ProductRecord['cells']; image: ImageRecord },
): string[] {
  const row = uploadedCells(layout, cells, [inputUrl]);
  for (const [index, column] of layout.imageColumns.entries()) row[column] = index === 0 ? inputUrl : '';
  const { code = 'internal_error', stage = 'request', message = '' } = error ?? {};
  return [...row, inputUrl, stage, code, message, failureKind(code).hint];
}

/** Cells beyond the header would push the reasons out of their columns: they go into the last one. */
function rejectedRow({ header, delimiter }: CsvLayout, { cells, issue }: RejectedRow): string[] {
  const last = header.length - 1;
  const row = header.map((_name, column) =>
    column === last ? cells.slice(last).join(delimiter) : (cells[column] ?? ''),
  );
  return [...row, '', 'upload', issue.code, issue.message, REJECTED_HINT];
}
