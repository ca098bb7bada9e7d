import { type CsvIssue, csvIssue } from '../../domain/csv-issue.ts';
import { Allowance } from '../inflate.ts';
import { type RowsHead, type TableRow, writeRows } from '../rows-file.ts';
import { readCellLinks } from './cell-links.ts';
import { chooseSheet, SAMPLE_ROWS, severalSheets } from './choose-sheet.ts';
import { openWorkbook, type SheetPart, type Workbook } from './open-workbook.ts';
import { readFormats } from './read-formats.ts';
import { readPictures } from './read-pictures.ts';
import { readSheet, type SheetContext } from './read-sheet.ts';
import { SharedTexts } from './shared-texts.ts';

export interface WorkbookSettings {
  /** Of its name. */
  extension: string;
  /** How much may come out of the workbook's parts, and how long the file may become. */
  csvBytes: number;
  /** The sheet that was asked for: its name, or its number from 1. */
  sheet?: string | undefined;
}

/**
 * Writes the rows of a workbook's sheet with image links into a new file, one a line in JSON. Neither the sheet nor its
 * texts are ever in memory as a whole.
 * @throws Problem `not_csv`, `csv_too_large`, `row_too_long`, `invalid_option`
 */
export async function writeSheetRows(path: string, to: string, settings: WorkbookSettings): Promise<void> {
  const { extension, csvBytes, sheet: named } = settings;
  const allowance = new Allowance(csvBytes);
  const book = await openWorkbook(path, extension, allowance);
  let texts: SharedTexts | undefined;
  try {
    const formats = await readFormats(book.styles);
    texts = await SharedTexts.read(book.sharedTexts, textsOf(to));
    const cells = { texts, formats, from1904: book.from1904 };
    const looks = new Allowance(csvBytes);
    const sheets = book.sheets.map((sheet) => ({
      ...sheet,
      sample: () => sampleOf(sheet, { ...cells, allowance: looks }),
    }));
    const chosen = await chooseSheet(sheets, named);
    const head: RowsHead = {
      sheet: chosen.name,
      sheets: sheets.map(({ name }) => name),
      headed: false,
      warnings: [...(named === undefined ? severalSheets(sheets, chosen) : []), ...stylesWarning(book)],
    };
    const behind = await linksAndPictures(book, chosen, new Allowance(csvBytes));
    const rows = readSheet(await chosen.open(allowance), { ...cells, ...behind, allowance: new Allowance(csvBytes) });
    await writeRows(to, head, rows);
  } finally {
    await texts?.close();
    await book.close();
  }
}

/** Where the shared texts lie while the rows are written. */
export function textsOf(to: string): string {
  return `${to}.texts`;
}

const NO_PICTURES = new Set<number>();

/** The first rows of a sheet, to see whether they hold image links. */
async function sampleOf(sheet: SheetPart, context: Omit<SheetContext, 'links' | 'pictures'>): Promise<TableRow[]> {
  const open = () => sheet.open(context.allowance);
  const links = await readCellLinks(await sheet.relations(), open);
  const rows: TableRow[] = [];
  for await (const batch of readSheet(await open(), { ...context, links, pictures: NO_PICTURES })) {
    rows.push(...batch);
    if (rows.length >= SAMPLE_ROWS) break;
  }
  return rows.slice(0, SAMPLE_ROWS);
}

async function linksAndPictures(book: Workbook, sheet: SheetPart, allowance: Allowance) {
  const relations = await sheet.relations();
  const links = await readCellLinks(relations, () => sheet.open(allowance));
  const drawing = relations.find(({ type, external }) => type === 'drawing' && !external);
  const bytes = drawing && (await book.part(drawing.target));
  return { links, pictures: bytes ? await readPictures(bytes) : NO_PICTURES };
}

function stylesWarning({ stylesMissing }: Workbook): CsvIssue[] {
  return stylesMissing ? [csvIssue('styles_missing', {})] : [];
}
