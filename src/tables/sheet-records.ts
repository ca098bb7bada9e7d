import { csvIssue } from '../domain/csv-issue.ts';
import type { CsvLayout } from '../domain/product.ts';
import { findColumns } from './columns.ts';
import { emptyFile } from './detect.ts';
import type { FileRecord, Records } from './records.ts';
import type { SheetHead, SheetLine } from './workbook/write-sheet-rows.ts';

/**
 * Reads the header of a sheet from the rows that were taken out of its workbook; the other rows when they are asked for.
 * @param open opens the bytes from the start; it is called twice
 * @throws Problem `empty_file`, `missing_columns`, `duplicate_columns`
 */
export async function openSheet(open: () => AsyncIterable<Uint8Array>): Promise<Records> {
  const [head, first] = await firstLines(open(), 2);
  const { sheet, otherSheets } = JSON.parse(head ?? '') as SheetHead;
  if (first === undefined) throw emptyFile();
  const { line, cells } = record(first);
  const header = cells.map((name) => name.trim());
  const layout: CsvLayout = {
    sheet,
    encoding: 'utf-8',
    // Excel opens a CSV as UTF-8 only by its mark, and the result goes back to where the upload came from.
    bom: true,
    delimiter: ',',
    newline: '\r\n',
    header,
    ...findColumns(header, line),
  };
  const warnings = otherSheets.length > 0 ? [csvIssue('several_sheets', {}, { sheet, others: otherSheets })] : [];
  return { layout, warnings, batches: readRows(open) };
}

async function firstLines(bytes: AsyncIterable<Uint8Array>, wanted: number): Promise<string[]> {
  const found: string[] = [];
  for await (const lines of lineBatches(bytes)) {
    found.push(...lines);
    if (found.length >= wanted) break;
  }
  return found.slice(0, wanted);
}

async function* readRows(open: () => AsyncIterable<Uint8Array>): AsyncGenerator<FileRecord[], void, undefined> {
  let above = 2;
  for await (const lines of lineBatches(open())) {
    yield lines.slice(above).map(record);
    above = Math.max(0, above - lines.length);
  }
}

/** Whole lines, as they come. Not by `readline`, for which a line also ends at U+2028, which cells may hold. */
async function* lineBatches(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    // A line may be many chunks long, and is not to be searched again with each of them.
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    yield lines;
  }
}

function record(text: string): FileRecord {
  const [line, ...cells] = JSON.parse(text) as SheetLine;
  return { line, cells };
}
