import { type FileHandle, open } from 'node:fs/promises';
import { posix } from 'node:path';
import { Problem } from '../../domain/problem.ts';
import { Allowance, unzipped } from '../inflate.ts';
import { locate, readDirectory, type ZipEntry } from '../zip-directory.ts';
import { storedText } from './cell-text.ts';
import { brokenWorkbook, notWorkbook } from './not-workbook.ts';
import { readXml } from './read-xml.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** The parts of a workbook that its first sheet needs. */
export interface Workbook {
  sheetName: string;
  /** Names of the other sheets that a person sees. */
  otherSheets: string[];
  sheet: Bytes;
  /** Undefined where the workbook has none, which is allowed. */
  sharedTexts: Bytes | undefined;
  styles: Bytes | undefined;
  /** Whether days are counted from 1904. */
  from1904: boolean;
}

interface Relation {
  id: string;
  /** The last word of its type, such as `worksheet`. */
  type: string;
  /** Name of the part, in lower case. */
  target: string;
}

/** Far more than any workbook needs; Excel itself has no limit but its memory. */
const MOST_SHEETS = 10_000;
const MOST_RELATIONS = 50_000;
/** Far more than the name of any part has; the time that making one absolute takes grows with its square. */
const NAME_CHARACTERS = 1_000;
/** For the parts that only lead to the cells: what is read of them is kept in memory. */
const PARTS_BYTES = 10_000_000;

/** How old workbooks begin, and those with a password, which are packed into the old format (MS-CFB 2.2). */
const OLD_FORMAT = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/**
 * Finds the first sheet of an .xlsx and what belongs to it, by the relations between its parts (ECMA-376 part 2, 9.3).
 * @throws Problem `not_csv`, also while the parts are read
 */
export async function openWorkbook(path: string, allowance: Allowance): Promise<Workbook> {
  const archive = await open(path);
  try {
    const parts = await listParts(archive);
    const small = new Allowance(PARTS_BYTES);
    const part = async (name: string, spent = small): Promise<Bytes> => {
      const entry = parts.get(name);
      if (!entry) throw brokenWorkbook();
      return saidOfWorkbook(unzipped(path, await locate(archive, entry).catch(asBroken), spent));
    };
    if (!parts.has('_rels/.rels')) throw notWorkbook('Its name ends in ".xlsx", but it is no Excel workbook.');
    const book = (await relations(await part('_rels/.rels'), '')).find(({ type }) => type === 'officedocument');
    if (!book) throw notWorkbook('Its name ends in ".xlsx", but it is no Excel workbook.');
    const folder = posix.dirname(book.target);
    const related = await relations(
      await part(posix.join(folder, '_rels', `${posix.basename(book.target)}.rels`)),
      folder,
    );
    const { sheets, from1904 } = await readBook(await part(book.target));
    const targets = new Map(related.filter(({ type }) => type === 'worksheet').map(({ id, target }) => [id, target]));
    // A sheet of its own for a chart has no cells.
    const withCells = sheets.flatMap((sheet) => {
      const target = targets.get(sheet.id);
      return target === undefined ? [] : [{ ...sheet, target }];
    });
    const shown = withCells.filter(({ hidden }) => !hidden);
    const first = shown[0] ?? withCells[0];
    if (!first) throw notWorkbook('It has no sheet with cells.');
    const optional = async (type: string, spent?: Allowance) => {
      const target = related.find((relation) => relation.type === type)?.target;
      return target === undefined ? undefined : part(target, spent);
    };
    return {
      sheetName: first.name,
      otherSheets: shown.filter((sheet) => sheet !== first).map(({ name }) => name),
      sheet: await part(first.target, allowance),
      sharedTexts: await optional('sharedstrings', allowance),
      styles: await optional('styles'),
      from1904,
    };
  } finally {
    await archive.close();
  }
}

/** The parts of the package by their names, which are compared without case (ECMA-376 part 2, 9.1.1). */
async function listParts(archive: FileHandle): Promise<Map<string, ZipEntry>> {
  const { bytesRead, buffer } = await archive.read(Buffer.alloc(8), 0, 8, 0);
  if (buffer.equals(OLD_FORMAT)) {
    const advice = 'Save it as .xlsx without a password, or as CSV, and upload that.';
    throw notWorkbook(`It has a password, or it is an old .xls. ${advice}`);
  }
  if (bytesRead < 4 || buffer.toString('latin1', 0, 4) !== 'PK\x03\x04') {
    throw notWorkbook('Its name ends in ".xlsx", but it is no Excel workbook.');
  }
  const entries = await readDirectory(archive).catch(asBroken);
  return new Map(entries.map((entry) => [entry.name.replaceAll('\\', '/').toLowerCase(), entry]));
}

/** What is wrong with the archive, said of the workbook: most people do not know that it is one. */
function asBroken(error: unknown): never {
  throw error instanceof Problem && error.code === 'not_csv' ? brokenWorkbook(error) : error;
}

async function* saidOfWorkbook(bytes: Bytes): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    asBroken(error);
  }
}

async function relations(bytes: Bytes, folder: string): Promise<Relation[]> {
  const found: Relation[] = [];
  await read(bytes, (name, { Id = '', Type = '', Target = '', TargetMode }) => {
    if (name !== 'Relationship' || TargetMode === 'External') return;
    if (found.length === MOST_RELATIONS) throw tooMany('parts', MOST_RELATIONS);
    if (Target.length > NAME_CHARACTERS) throw brokenWorkbook();
    const type = Type.slice(Type.lastIndexOf('/') + 1).toLowerCase();
    const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
    found.push({ id: Id, type, target: target.toLowerCase() });
  });
  return found;
}

async function readBook(bytes: Bytes) {
  const sheets: { name: string; id: string; hidden: boolean }[] = [];
  let from1904 = false;
  await read(bytes, (name, attributes) => {
    if (name === 'workbookPr') from1904 = /^(1|true)$/.test(attributes.date1904 ?? '');
    if (name !== 'sheet') return;
    if (sheets.length === MOST_SHEETS) throw tooMany('sheets', MOST_SHEETS);
    const [, id = ''] = Object.entries(attributes).find(([attribute]) => /(^|:)id$/.test(attribute)) ?? [];
    sheets.push({ name: sheetName(attributes.name ?? ''), id, hidden: /hidden$/i.test(attributes.state ?? '') });
  });
  return { sheets, from1904 };
}

function tooMany(things: string, most: number): Problem {
  const advice = 'Save the sheet with the products as a workbook of its own, or as CSV, and upload that.';
  return notWorkbook(`It has more than ${most} ${things}. ${advice}`);
}

/** Excel allows 31 characters, none of them invisible. */
function sheetName(name: string): string {
  return storedText(name.replace(/\p{Cc}/gu, ' ')).slice(0, 60);
}

async function read(bytes: Bytes, open: (name: string, attributes: Record<string, string>) => void): Promise<void> {
  for await (const _ of readXml(bytes, { open }));
}
