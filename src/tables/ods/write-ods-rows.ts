import { Allowance } from '../inflate.ts';
import { readXml } from '../read-xml.ts';
import { type RowsHead, type TableRow, writeRows } from '../rows-file.ts';
import { chooseSheet, SAMPLE_ROWS, severalSheets } from '../workbook/choose-sheet.ts';
import { notWorkbook, WORKBOOK_XML } from '../workbook/not-workbook.ts';
import { noWorkbook, openPackage, type Package } from '../workbook/open-package.ts';
import { tooMany } from '../workbook/relations.ts';
import type { WorkbookSettings } from '../workbook/write-sheet-rows.ts';
import { type OdsSheet, readOds } from './read-ods.ts';

const CONTENT = 'content.xml';
const MANIFEST = 'META-INF/manifest.xml';
const MANIFEST_BYTES = 1_000_000;
const MOST_SHEETS = 10_000;
/** Rows are handed on once there are as many. */
const BATCH_ROWS = 500;

interface SampledSheet extends OdsSheet {
  index: number;
  rows: TableRow[];
  sample(): Promise<TableRow[]>;
}

/**
 * Writes the rows of an OpenDocument spreadsheet's sheet with image links into a new file, one a line in JSON. All sheets
 * stand in one part: it is read once to choose one, and once for its rows.
 * @throws Problem `not_csv`, `csv_too_large`, `row_too_long`, `invalid_option`
 */
export async function writeOdsRows(path: string, to: string, settings: WorkbookSettings): Promise<void> {
  const { extension, csvBytes, sheet: named } = settings;
  const parts = await openPackage(path, extension);
  try {
    if (!parts.has(CONTENT)) throw noWorkbook(extension);
    if (await isEncrypted(parts))
      throw notWorkbook('It has a password. Save it without one, or as CSV, and upload that.');
    const sheets = await sampleSheets(await parts.part(CONTENT, new Allowance(csvBytes)), new Allowance(csvBytes));
    if (sheets.length === 0) throw notWorkbook('It has no sheet with cells.');
    const chosen = await chooseSheet(sheets, named);
    const head: RowsHead = {
      sheet: chosen.name,
      sheets: sheets.map(({ name }) => name),
      headed: false,
      warnings: named === undefined ? severalSheets(sheets, chosen) : [],
    };
    const content = await parts.part(CONTENT, new Allowance(csvBytes));
    await writeRows(to, head, rowsOf(content, chosen.index, new Allowance(csvBytes)));
  } finally {
    await parts.close();
  }
}

async function sampleSheets(content: AsyncIterable<Uint8Array>, allowance: Allowance): Promise<SampledSheet[]> {
  const sheets: SampledSheet[] = [];
  const reading = {
    allowance,
    sheet(sheet: OdsSheet) {
      if (sheets.length === MOST_SHEETS) throw tooMany('sheets', MOST_SHEETS);
      const rows: TableRow[] = [];
      sheets.push({ ...sheet, index: sheets.length, rows, sample: async () => rows });
      return true;
    },
    row: (row: TableRow) => (sheets.at(-1)?.rows.push(row) ?? SAMPLE_ROWS) < SAMPLE_ROWS,
  };
  for await (const _ of readOds(content, reading));
  return sheets;
}

async function* rowsOf(
  content: AsyncIterable<Uint8Array>,
  wanted: number,
  allowance: Allowance,
): AsyncGenerator<TableRow[], void, undefined> {
  let index = 0;
  let rows: TableRow[] = [];
  const reading = { allowance, sheet: () => index++ === wanted, row: (row: TableRow) => rows.push(row) > 0 };
  for await (const _ of readOds(content, reading)) {
    if (rows.length >= BATCH_ROWS) {
      yield rows;
      rows = [];
    }
    if (index > wanted + 1) break;
  }
  yield rows;
}

/** The names of parts stay readable where their contents are not (OpenDocument 1.3 part 2, 3.4). */
async function isEncrypted(parts: Package): Promise<boolean> {
  if (!parts.has(MANIFEST)) return false;
  let encrypted = false;
  const open = (name: string) => {
    encrypted ||= name === 'encryption-data';
  };
  for await (const _ of readXml(await parts.part(MANIFEST, new Allowance(MANIFEST_BYTES)), { open }, WORKBOOK_XML));
  return encrypted;
}
