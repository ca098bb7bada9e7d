import { writeFile } from 'node:fs/promises';
import { Allowance } from '../inflate.ts';
import { openWorkbook } from './open-workbook.ts';
import { readFormats } from './read-formats.ts';
import { readSheet, type SheetRow } from './read-sheet.ts';
import { SharedTexts } from './shared-texts.ts';

/** The first line of the file: where the rows come from. */
export interface SheetHead {
  sheet: string;
  otherSheets: string[];
}

/** A line of the file after that: the row's number, then its cells. */
export type SheetLine = [number, ...string[]];

/**
 * Writes the rows of a workbook's first sheet into a new file, one a line in JSON. Neither the sheet nor its texts are ever
 * in memory as a whole.
 * @param csvBytes how much may come out of the workbook's parts, and how long the file may become
 * @throws Problem `not_csv`, `csv_too_large`, `row_too_long`
 */
export async function writeSheetRows(path: string, to: string, csvBytes: number): Promise<void> {
  const book = await openWorkbook(path, new Allowance(csvBytes));
  const { sheetName, otherSheets, sheet, sharedTexts, styles, from1904 } = book;
  const formats = await readFormats(styles);
  const texts = await SharedTexts.read(sharedTexts, `${to}.texts`);
  const head: SheetHead = { sheet: sheetName, otherSheets };
  try {
    const rows = readSheet(sheet, { texts, formats, from1904, allowance: new Allowance(csvBytes) });
    await writeFile(to, lines(head, rows), { flag: 'wx', mode: 0o600 });
  } finally {
    await texts.close();
  }
}

async function* lines(head: SheetHead, batches: AsyncIterable<SheetRow[]>): AsyncGenerator<string, void, undefined> {
  yield `${JSON.stringify(head)}\n`;
  for await (const rows of batches) {
    yield rows.map(({ line, cells }) => `${JSON.stringify([line, ...cells] satisfies SheetLine)}\n`).join('');
  }
}
