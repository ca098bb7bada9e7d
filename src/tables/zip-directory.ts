import { type FileHandle, open } from 'node:fs/promises';
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
export type ZipEntry = Omit<ZippedFile, 'start' | 'deflated'> & { header: number; flags: number; method: number };

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const FILE_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const FILE_BYTES = 30;
/** The archive ends in a comment of up to 64 KB. */
const COMMENT_BYTES = 65_535;
/** A directory larger than this holds more than one file and what macOS adds to it. */
const DIRECTORY_BYTES = 1_000_000;

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
/** Stands in a field whose number stands in one of 64 bits, which some writers use for everything (APPNOTE 4.5.3). */
const IN_ZIP64 = 0xffffffff;
const ZIP64_FIELD = 0x0001;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_BYTES = 20;

const BROKEN = 'The ZIP file is damaged or incomplete. Pack it again.';

/**
 * Finds the only file in an archive. The directory at its end decides, as it does for every unpacker.
 * @throws Problem `not_csv` where there is no file, or more than one, or one that cannot be read
 */
export async function findZippedFile(path: string): Promise<ZippedFile> {
  const archive = await open(path);
  try {
    const files = (await readDirectory(archive)).filter(isMeant);
    const [only] = files;
    if (!only) throw notCsv(1, 'The ZIP file holds no file. Put one CSV into it.');
    if (files.length > 1) throw notCsv(1, `The ZIP file holds ${files.length} files. Put one CSV into it.`);
    const file = await locate(archive, only);
    return { ...file, name: file.name.replace(/^.*[/\\]/s, '') };
  } finally {
    await archive.close();
  }
}

/** @throws Problem `not_csv` where it is no whole archive */
export async function readDirectory(archive: FileHandle): Promise<ZipEntry[]> {
  const { size } = await archive.stat();
  const tailAt = Math.max(0, size - END_BYTES - COMMENT_BYTES);
  const tail = await read(archive, tailAt, size - tailAt);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end--;
  if (end < 0) throw notCsv(1, 'Its name ends in ".zip", but it is not a whole ZIP file.');
  let bytes = tail.readUInt32LE(end + 12);
  let at = tail.readUInt32LE(end + 16);
  if (bytes === IN_ZIP64 || at === IN_ZIP64) {
    const locator = end - ZIP64_LOCATOR_BYTES;
    if (locator < 0 || tail.readUInt32LE(locator) !== ZIP64_LOCATOR_SIGNATURE) throw notCsv(1, BROKEN);
    const wide = await read(archive, wideNumber(tail, locator + 8), ZIP64_END_BYTES);
    if (wide.readUInt32LE(0) !== ZIP64_END_SIGNATURE) throw notCsv(1, BROKEN);
    bytes = wideNumber(wide, 40);
    at = wideNumber(wide, 48);
  }
  if (bytes > DIRECTORY_BYTES) throw notCsv(1, 'The ZIP file holds many files. Put one CSV into it.');
  return entriesOf(await read(archive, at, bytes));
}

function entriesOf(directory: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < directory.length) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE) throw notCsv(1, BROKEN);
    const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const [, packedBytes = 0, header = 0] = widened(directory.subarray(nameEnd, extraEnd), [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]);
    entries.push({
      name: directory.toString('utf8', at + ENTRY_BYTES, nameEnd),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packedBytes,
      header,
    });
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The fields of an entry; those that say so are taken from its extra field, where they stand in the same order. */
function widened(extra: Buffer, fields: number[]): number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== ZIP64_FIELD) at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  return fields.map((field) => {
    if (field !== IN_ZIP64 || at + 8 > extra.length) return field;
    at += 8;
    return wideNumber(extra, at - 8);
  });
}

/** What no file of ours can reach becomes a place past its end. */
function wideNumber(buffer: Buffer, at: number): number {
  return Math.min(Number(buffer.readBigUInt64LE(at)), 2 ** 48);
}

/** Folders and what macOS puts beside every file do not count. */
function isMeant({ name }: ZipEntry): boolean {
  return !name.endsWith('/') && !name.startsWith('__MACOSX/') && !/(^|\/)\.[^/]*$/.test(name);
}

/** @throws Problem `not_csv` where the file cannot be read */
export async function locate(archive: FileHandle, entry: ZipEntry): Promise<ZippedFile> {
  const { flags, method, packedBytes, crc } = entry;
  if ((flags & ENCRYPTED) !== 0) throw notCsv(1, 'The ZIP file has a password. Pack it without one.');
  if (method !== STORED && method !== DEFLATED) {
    throw notCsv(1, 'The ZIP file is packed in a way that is not understood. Pack it as an ordinary ZIP.');
  }
  if (packedBytes === 0) throw notCsv(1, 'The file in the ZIP file is empty.');
  const header = await read(archive, entry.header, FILE_BYTES);
  if (header.readUInt32LE(0) !== FILE_SIGNATURE) throw notCsv(1, BROKEN);
  const start = entry.header + FILE_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  return { name: entry.name, start, packedBytes, deflated: method === DEFLATED, crc };
}

async function read(archive: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await archive.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw notCsv(1, BROKEN);
  return buffer;
}
