import { type FileHandle, open } from 'node:fs/promises';
import { Problem } from '../../domain/problem.ts';
import { type Allowance, unzipped } from '../inflate.ts';
import { readDirectory } from '../zip-directory.ts';
import { brokenWorkbook, notWorkbook } from './not-workbook.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** The parts of a workbook, which is a ZIP archive. */
export interface Package {
  has(name: string): boolean;
  /**
   * @param name of a part; compared without case (ECMA-376 part 2, 9.1.1)
   * @throws Problem `not_csv`, `csv_too_large`, also while the part is read
   */
  part(name: string, allowance: Allowance): Promise<Bytes>;
  close(): Promise<void>;
}

/** How old workbooks begin, and those with a password, which are packed into the old format (MS-CFB 2.2). */
const OLD_FORMAT = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/**
 * @param extension that its name has
 * @throws Problem `not_csv`
 */
export async function openPackage(path: string, extension: string): Promise<Package> {
  const archive = await open(path);
  try {
    await refuseOthers(archive, extension);
    const { entries, locate } = await readDirectory(archive).catch(asBroken);
    const parts = new Map(entries.map((entry) => [entry.name.replaceAll('\\', '/').toLowerCase(), entry]));
    return {
      has: (name) => parts.has(name.toLowerCase()),
      part: async (name, allowance) => {
        const entry = parts.get(name.toLowerCase());
        if (!entry) throw brokenWorkbook();
        return saidOfWorkbook(unzipped(path, await locate(entry).catch(asBroken), allowance));
      },
      close: () => archive.close(),
    };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

async function refuseOthers(archive: FileHandle, extension: string): Promise<void> {
  const { bytesRead, buffer } = await archive.read(Buffer.alloc(8), 0, 8, 0);
  if (buffer.equals(OLD_FORMAT)) {
    const advice = 'Save it as .xlsx without a password, or as CSV, and upload that.';
    throw notWorkbook(`It has a password, or it is an old .xls. ${advice}`);
  }
  if (bytesRead < 4 || buffer.toString('latin1', 0, 4) !== 'PK\x03\x04') throw noWorkbook(extension);
}

export function noWorkbook(extension: string): Problem {
  const kind = extension === 'ods' ? 'OpenDocument spreadsheet' : 'Excel workbook';
  return notWorkbook(`Its name ends in ".${extension}", but it is no ${kind}.`);
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
