import { csvText, uploadedCells } from '../csv/write-results.ts';
import { failureKind } from '../domain/failure.ts';
import type { CsvLayout, RejectedRow } from '../domain/product.ts';
import type { ProductRecord, RequestRecord, RequestStore } from '../pipeline/ports.ts';
import { productPages } from './product-pages.ts';

const COLUMNS = ['URL', 'Stage', 'Code', 'Message', 'Hint'];
const REJECTED_AT_ONCE = 500;
const REJECTED_HINT = 'Correct the row and upload it again.';

/** The rows of errors.csv as text, streamed. */
export async function* errorsCsv(store: RequestStore, record: RequestRecord): AsyncGenerator<string> {
  const { layout, number } = record;
  yield (layout.bom ? '\ufeff' : '') + csvText(layout, [[...layout.header, ...COLUMNS]]);
  for await (const page of productPages(store, record, { status: 'failed' })) {
    yield csvText(
      layout,
      page.flatMap((product) => failedRows(layout, product)),
    );
  }
  for (let afterLine = 0; ; ) {
    const rows = await store.rejectedRows(number, { afterLine, limit: REJECTED_AT_ONCE });
    const last = rows.at(-1);
    if (!last) return;
    yield csvText(
      layout,
      rows.map((row) => rejectedRow(layout, row)),
    );
    afterLine = last.line;
  }
}

function failedRows({ imageColumns }: CsvLayout, { cells, images }: ProductRecord): string[][] {
  return images.map(({ inputUrl, error }) => {
    const row = uploadedCells(cells, [inputUrl]);
    for (const [index, column] of imageColumns.entries()) row[column] = index === 0 ? inputUrl : '';
    const { code = 'internal_error', stage = 'request', message = '' } = error ?? {};
    return [...row, inputUrl, stage, code, message, failureKind(code).hint];
  });
}

/** Cells beyond the header would push the reasons out of their columns: they go into the last one. */
function rejectedRow({ header, delimiter }: CsvLayout, { cells, issue }: RejectedRow): string[] {
  const last = header.length - 1;
  const row = header.map((_name, column) =>
    column === last ? cells.slice(last).join(delimiter) : (cells[column] ?? ''),
  );
  return [...row, '', 'upload', issue.code, issue.message, REJECTED_HINT];
}
