import { createReadStream } from 'node:fs';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { Problem } from '../domain/problem.ts';
import { writeFeedRows } from './feed/write-feed-rows.ts';
import { Allowance, gunzipped, unzipped } from './inflate.ts';
import { writeJsonRows } from './json/write-json-rows.ts';
import { writeOdsRows } from './ods/write-ods-rows.ts';
import { notCsv } from './other-files.ts';
import { textsOf, type WorkbookSettings, writeSheetRows } from './workbook/write-sheet-rows.ts';
import { bodyOf } from './write-records.ts';
import { findZippedFile } from './zip-directory.ts';

/** A file that `readProducts` can read. */
export interface UnpackedFile {
  path: string;
  /** As sent; of a packed file the name inside. */
  name: string;
  /** `sheet`: rows, one a line in JSON, as rows-file.ts writes them. */
  format: 'csv' | 'sheet';
  /** Its size; of a packed file what came out. */
  bytes: number;
}

/** Takes the rows out of a file that is no CSV, into a new file. */
type WriteRows = (path: string, to: string, settings: WorkbookSettings) => Promise<void>;

const json =
  (lines: boolean): WriteRows =>
  (path, to, { csvBytes }) =>
    writeJsonRows(() => createReadStream(path), to, csvBytes, lines);
const feed: WriteRows = (path, to, { csvBytes }) => writeFeedRows(createReadStream(path), to, csvBytes);

/** By the ending of the name. */
const FORMATS: ReadonlyMap<string, WriteRows> = new Map([
  ['xlsx', writeSheetRows],
  ['xlsm', writeSheetRows],
  ['xltx', writeSheetRows],
  ['ods', writeOdsRows],
  ['json', json(false)],
  ['jsonl', json(true)],
  ['ndjson', json(true)],
  ['xml', feed],
  ['rss', feed],
  ['atom', feed],
]);
/** What a CSV may be called; no extension is fine, too. */
const CSV_EXTENSIONS = ['csv', 'tsv', 'tab', 'txt', 'psv', 'dat'];
const WORKBOOKS = ['xls', 'xlsb', 'numbers'];

/**
 * Makes a table out of what was uploaded: unpacks a `.gz`, or a `.zip` of one file, and takes the rows out of workbooks,
 * JSON and XML. The name decides, so that a workbook that was renamed to .csv stays what it is. What comes out is counted.
 * @param to a path for a new file of what comes out; the caller removes it, also when this throws: by then it is made, or
 *   never will be
 * @param csvBytes how much may come out
 * @param sheet of a workbook the sheet to be read: its name, or its number from 1
 * @throws Problem `not_csv`, `csv_too_large`, `row_too_long`, `empty_file`, `too_many_columns`, `invalid_option`
 */
export async function unpackFile(
  path: string,
  to: string,
  name: string,
  csvBytes: number,
  sheet?: string,
): Promise<UnpackedFile> {
  const inside = insideOf(to);
  try {
    const file = await withoutPacking(path, { to, inside }, name, csvBytes);
    const extension = extensionOf(file.name) ?? '';
    const write = FORMATS.get(extension);
    if (!write) return { ...file, name: csvName(file.name), format: 'csv', bytes: await sizeOf(file.path) };
    await write(file.path, to, { extension, csvBytes, sheet });
    return { path: to, name: shownName(file.name), format: 'sheet', bytes: await sizeOf(to) };
  } finally {
    await rm(inside, { force: true });
  }
}

/** What `unpackFile` may leave behind where its thread is ended in the middle. */
export function unpackingFiles(to: string): string[] {
  return [to, insideOf(to), bodyOf(to), textsOf(to)];
}

function insideOf(to: string): string {
  return `${to}-inside`;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** What is in a `.gz` or a `.zip`: a CSV in the new file `to`, what rows are still to be taken out of in `inside`. */
async function withoutPacking(
  path: string,
  { to, inside }: { to: string; inside: string },
  name: string,
  csvBytes: number,
): Promise<{ path: string; name: string }> {
  const allowance = new Allowance(csvBytes);
  const unpacked = async (packed: string, bytes: AsyncIterable<Uint8Array>) => {
    const isCsv = !FORMATS.has(extensionOf(packed) ?? '');
    const file = { path: isCsv ? to : inside, name: isCsv ? csvName(packed) : packed };
    await writeFile(file.path, bytes, { flag: 'wx', mode: 0o600 });
    return file;
  };
  switch (extensionOf(name)) {
    case 'gz': {
      const isGzip = await startsWith(path, [0x1f, 0x8b]);
      if (!isGzip) throw notCsv(1, 'Its name ends in ".gz", but it is not a gzip file.');
      return unpacked(name.slice(0, -'.gz'.length), gunzipped(path, allowance));
    }
    case 'zip': {
      const file = await findZippedFile(path);
      return unpacked(file.name, unzipped(path, file, allowance));
    }
    default:
      return { path, name };
  }
}

/** A file's name as it may be shown. */
export function shownName(name: string): string {
  return name.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '').slice(0, 255) || 'products.csv';
}

/** @throws Problem `not_csv` where the name says that it is something else, whatever the bytes look like */
function csvName(name: string): string {
  const shown = shownName(name);
  const extension = extensionOf(shown);
  if (extension === undefined || CSV_EXTENSIONS.includes(extension)) return shown;
  const known = 'CSV, .xlsx, .ods, JSON or product feed in XML';
  const advice = WORKBOOKS.includes(extension)
    ? 'Save the workbook as .xlsx or CSV and upload that.'
    : `Save the sheet as CSV and upload that; what is read is ${known}.`;
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
