import { read } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
  type ZipFile,
} from 'yauzl';
import { notCsv } from './other-files.ts';

/** A file in a ZIP archive: where its packed bytes lie. */
export interface ZippedFile {
  name: string;
  start: number;
  packedBytes: number;
  deflated: boolean;
  crc: number;
}

/** A file as the directory of its archive lists it. */
interface ZipEntry {
  name: string;
  entry: Entry;
}

/** What an archive holds. */
export interface ZipDirectory {
  entries: ZipEntry[];
  /** @throws Problem `not_csv` where the file cannot be read */
  locate(entry: ZipEntry): Promise<ZippedFile>;
}

/** A directory larger than this holds more than the parts of any workbook. */
const DIRECTORY_BYTES = 1_000_000;
/** What an entry takes in the directory beside its texts (APPNOTE 4.3.12). */
const ENTRY_BYTES = 46;

const STORED = 0;
const DEFLATED = 8;

const BROKEN = 'The ZIP file is damaged or incomplete. Pack it again.';

/**
 * Finds the only file in an archive. The directory at its end decides, as it does for every unpacker.
 * @throws Problem `not_csv` where there is no file, or more than one, or one that cannot be read
 */
export async function findZippedFile(path: string): Promise<ZippedFile> {
  const archive = await open(path);
  try {
    const { entries, locate } = await readDirectory(archive);
    const files = entries.filter(isMeant);
    const [only] = files;
    if (!only) throw notCsv(1, 'The ZIP file holds no file. Put one table into it.');
    if (files.length > 1) throw notCsv(1, `The ZIP file holds ${files.length} files. Put one table into it.`);
    const file = await locate(only);
    return { ...file, name: file.name.replace(/^.*[/\\]/s, '') };
  } finally {
    await archive.close();
  }
}

/**
 * @param archive stays open; it is read again where a file is located
 * @throws Problem `not_csv` where it is no whole archive
 */
export async function readDirectory(archive: FileHandle): Promise<ZipDirectory> {
  // Sizes in the directory may be wrong on purpose: what comes out is counted where it comes out. Names are of no use
  // as paths, so those that climb out of a folder do no harm.
  const options = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: false } as const;
  let zip: ZipFile;
  try {
    const { size } = await archive.stat();
    zip = await fromRandomAccessReaderPromise(new FileReader(archive.fd, size), size, options);
  } catch (error) {
    throw notCsv(1, 'Its name ends in ".zip", but it is not a whole ZIP file.', error);
  }
  return { entries: await entriesOf(zip), locate: (entry) => locate(zip, entry) };
}

/**
 * A place of 64 bits in an archive may lie past all that a file can have, for which Node throws where nobody catches it:
 * so such a place is an error before it is read.
 */
class FileReader extends RandomAccessReader {
  readonly #fd: number;
  readonly #size: number;

  constructor(fd: number, size: number) {
    super();
    this.#fd = fd;
    this.#size = size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (position + length <= this.#size) read(this.#fd, buffer, offset, length, position, callback);
    else setImmediate(callback, new Error(`${position} lies past the end of the archive`));
  }
}

function entriesOf(zip: ZipFile): Promise<ZipEntry[]> {
  const { promise, resolve, reject } = Promise.withResolvers<ZipEntry[]>();
  const entries: ZipEntry[] = [];
  let bytes = 0;
  zip.on('error', (error) => reject(notCsv(1, BROKEN, error)));
  zip.on('end', () => resolve(entries));
  zip.on('entry', (entry: Entry) => {
    bytes += ENTRY_BYTES + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (bytes > DIRECTORY_BYTES) return reject(notCsv(1, 'The ZIP file holds many files. Put one table into it.'));
    entries.push({ name: nameOf(entry), entry });
    zip.readEntry();
  });
  zip.readEntry();
  return promise;
}

/** In UTF-8 whatever the entry says: packers that forget to say so are common, and a name in CP437 is rarely meant. */
function nameOf({ fileNameRaw, extraFields }: Entry): string {
  const UTF8_FLAG = 0x800;
  return getFileNameLowLevel(UTF8_FLAG, fileNameRaw, extraFields, true);
}

/** Folders and what macOS puts beside every file do not count. */
function isMeant({ name }: ZipEntry): boolean {
  return !name.endsWith('/') && !name.startsWith('__MACOSX/') && !/(^|\/)\.[^/]*$/.test(name);
}

async function locate(zip: ZipFile, { name, entry }: ZipEntry): Promise<ZippedFile> {
  const { compressionMethod: method, compressedSize: packedBytes, crc32: crc } = entry;
  if (entry.isEncrypted()) throw notCsv(1, 'The ZIP file has a password. Pack it without one.');
  if (method !== STORED && method !== DEFLATED) {
    throw notCsv(1, 'The ZIP file is packed in a way that is not understood. Pack it as an ordinary ZIP.');
  }
  if (packedBytes === 0) throw notCsv(1, 'The file in the ZIP file is empty.');
  try {
    const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    return { name, start, packedBytes, deflated: method === DEFLATED, crc };
  } catch (error) {
    throw notCsv(1, BROKEN, error);
  }
}
