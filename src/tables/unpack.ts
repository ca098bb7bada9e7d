import { open, stat, writeFile } from 'node:fs/promises';
import { Problem } from '../domain/problem.ts';
import { Allowance, gunzipped, unzipped } from './inflate.ts';
import { notCsv } from './other-files.ts';
import { writeSheetRows } from './workbook/write-sheet-rows.ts';
import { findZippedFile } from './zip-directory.ts';

/** A file that `readProducts` can read. */
export interface UnpackedFile {
  path: string;
  /** As sent; of a packed CSV the name inside. */
  name: string;
  /** `sheet`: the rows of a workbook, one a line, in JSON. */
  format: 'csv' | 'sheet';
  /** Its size; of a packed file what came out. */
  bytes: number;
}

/** What a CSV may be called; no extension is fine, too. */
const CSV_EXTENSIONS = ['csv', 'tsv', 'tab', 'txt', 'psv', 'dat'];
const WORKBOOKS = ['xls', 'xlsm', 'xlsb', 'xltx', 'ods', 'numbers'];

/**
 * Makes a CSV out of what was uploaded: unpacks a `.gz`, or a `.zip` of one file, and takes the rows out of an `.xlsx`.
 * The name decides, so that a workbook that was renamed to .csv stays what it is. What comes out is counted.
 * @param to a path for a new file of what comes out; the caller removes it, also when this throws: by then it is made, or
 *   never will be
 * @param csvBytes how much may come out
 * @throws Problem `not_csv`, `csv_too_large`, `row_too_long`
 */
export async function unpackFile(path: string, to: string, name: string, csvBytes: number): Promise<UnpackedFile> {
  const file = await unpackAs(path, to, name, csvBytes);
  const { size: bytes } = await stat(file.path);
  return { ...file, bytes };
}

async function unpackAs(
  path: string,
  to: string,
  name: string,
  csvBytes: number,
): Promise<Omit<UnpackedFile, 'bytes'>> {
  const allowance = new Allowance(csvBytes);
  switch (extensionOf(name)) {
    case 'xlsx':
      await writeSheetRows(path, to, csvBytes);
      return { path: to, name, format: 'sheet' };
    case 'gz': {
      const isGzip = await startsWith(path, [0x1f, 0x8b]);
      if (!isGzip) throw notCsv(1, 'Its name ends in ".gz", but it is not a gzip file.');
      const inside = csvName(name.slice(0, -'.gz'.length));
      await writeFile(to, gunzipped(path, allowance), { flag: 'wx', mode: 0o600 });
      return { path: to, name: inside, format: 'csv' };
    }
    case 'zip': {
      const file = await findZippedFile(path);
      const inside = csvName(file.name);
      await writeFile(to, unzipped(path, file, allowance), { flag: 'wx', mode: 0o600 });
      return { path: to, name: inside, format: 'csv' };
    }
    default:
      return { path, name: csvName(name), format: 'csv' };
  }
}

/** A file's name as it may be shown. */
export function shownName(name: string): string {
  return name.replace(/\p{Cc}/gu, '').slice(0, 255) || 'products.csv';
}

/** @throws Problem `not_csv` where the name says that it is something else, whatever the bytes look like */
function csvName(name: string): string {
  const shown = shownName(name);
  const extension = extensionOf(shown);
  if (extension === undefined || CSV_EXTENSIONS.includes(extension)) return shown;
  const advice =
    extension === 'xlsx'
      ? 'Upload the workbook as it is, without packing it.'
      : `Save the ${WORKBOOKS.includes(extension) ? 'workbook as .xlsx or' : 'sheet as'} CSV and upload that.`;
  throw new Problem('not_csv', `The file name ends in ".${extension}". ${advice}`);
}

function extensionOf(name: string): string | undefined {
  return /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase();
}

async function startsWith(path: string, bytes: number[]): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, 0);
    return bytes.every((byte, index) => buffer[index] === byte);
  } finally {
    await file.close();
  }
}
