import type { CsvLayout } from '../domain/product.ts';
import { findColumns } from './columns.ts';
import { emptyFile } from './detect.ts';
import { linksBehindTexts, readCells, shownCells } from './linked-cells.ts';
import type { FileRecord, Records } from './records.ts';
import type { RowsHead, RowsLine, TableRow } from './rows-file.ts';

/** Rows that are looked at to see whether links stand behind texts. */
const SAMPLE_ROWS = 150;

/**
 * Reads the header of a table from the rows that were taken out of its workbook; the other rows when they are asked for.
 * @param open opens the bytes from the start; it is called twice
 * @throws Problem `empty_file`, `missing_columns`, `duplicate_columns`
 */
export async function openSheet(open: () => AsyncIterable<Uint8Array>): Promise<Records> {
  const [first, ...lines] = await firstLines(open(), SAMPLE_ROWS + 2);
  const { sheet, warnings } = JSON.parse(first ?? '') as RowsHead;
  const [head, ...sample] = lines.map(rowOf);
  if (head === undefined) throw emptyFile();
  const header = shownCells(head.cells).map((name) => name.trim());
  const layout: CsvLayout = {
    ...(sheet !== null && { sheet }),
    encoding: 'utf-8',
    // Excel opens a CSV as UTF-8 only by its mark, and the result goes back to where the upload came from.
    bom: true,
    delimiter: ',',
    newline: '\r\n',
    header,
    ...findColumns(header, head.line),
  };
  const behind = linksBehindTexts(layout, sample);
  return { layout, warnings: [...warnings, ...behind], batches: readRows(open, layout) };
}

async function firstLines(bytes: AsyncIterable<Uint8Array>, wanted: number): Promise<string[]> {
  const found: string[] = [];
  for await (const lines of lineBatches(bytes)) {
    found.push(...lines);
    if (found.length >= wanted) break;
  }
  return found.slice(0, wanted);
}

async function* readRows(
  open: () => AsyncIterable<Uint8Array>,
  { imageColumns }: CsvLayout,
): AsyncGenerator<FileRecord[], void, undefined> {
  let above = 2;
  for await (const lines of lineBatches(open())) {
    yield lines.slice(above).map((text) => {
      const { line, cells } = rowOf(text);
      return { line, cells: readCells(cells, imageColumns) };
    });
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

function rowOf(text: string): TableRow {
  const [line, ...cells] = JSON.parse(text) as RowsLine;
  return { line, cells };
}
