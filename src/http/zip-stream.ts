import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';

/** A file on its way into an archive. */
export interface ZipFile {
  /** ASCII, without slashes. */
  name: string;
  size: number;
  modifiedAt: Date;
  read(): Promise<Readable>;
}

/**
 * Up to this size a file is read once and held, as long as a slow reader takes for it: hundreds of readers that do not read
 * hold little together. Above it is read twice, because its checksum stands before its bytes.
 */
const HELD = 128_000;
/** Files written between 1980 and 2107 only (APPNOTE 4.4.6). */
const FIRST_YEAR = 1980;
const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;
/** Version 4.5 of the format: needed for ZIP64 (APPNOTE 4.4.3.2). */
const VERSION = 45;
/** Entries of the directory that are gathered before they are written to the spool. */
const SPOOLED_AT_ONCE = 64_000;

/**
 * A ZIP archive whose files are stored as they are: images do not get smaller. Memory stays the same for any number of
 * files, since the directory, which comes last, waits in a temporary file.
 * @param spool path of that file; it is made, and removed at the end however that comes
 * @throws where a file is longer or shorter than it said
 */
export async function* zipStream(
  files: AsyncIterable<ZipFile>,
  spool: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const directory = await open(spool, 'wx+');
  try {
    let offset = 0;
    let count = 0;
    let directorySize = 0;
    let gathered: Buffer[] = [];
    const write = async () => {
      const entries = Buffer.concat(gathered);
      await directory.appendFile(entries);
      directorySize += entries.length;
      gathered = [];
    };
    for await (const file of files) {
      const held = file.size <= HELD ? await buffer(await file.read()) : undefined;
      const crc = held ? crc32(held) : await checksum(await file.read());
      const header = localHeader(file, crc);
      yield header;
      let size = 0;
      for await (const chunk of held ? [held] : await file.read()) {
        size += chunk.length;
        yield chunk;
      }
      if (size !== file.size) throw new Error(`${file.name} has ${size} bytes instead of ${file.size}`);
      gathered.push(directoryEntry(file, crc, offset));
      if (gathered.length * header.length > SPOOLED_AT_ONCE) await write();
      offset += header.length + size;
      count++;
    }
    await write();
    if (directorySize > 0) yield* directory.createReadStream({ start: 0, autoClose: false });
    yield endOfDirectory(count, directorySize, offset);
  } finally {
    await directory.close();
    await rm(spool, { force: true });
  }
}

async function checksum(source: Readable): Promise<number> {
  let crc = 0;
  for await (const chunk of source) crc = crc32(chunk, crc);
  return crc;
}

/** APPNOTE 4.3.7. */
function localHeader(file: ZipFile, crc: number): Buffer {
  const header = Buffer.alloc(30 + file.name.length);
  header.writeUInt32LE(0x04034b50, 0);
  writeCommon(header, 4, file, crc);
  header.write(file.name, 30, 'latin1');
  return header;
}

/** APPNOTE 4.3.12; the place of a file beyond 4 GB goes into a ZIP64 field (4.5.3). */
function directoryEntry(file: ZipFile, crc: number, offset: number): Buffer {
  const far = offset >= MAX_32;
  const entry = Buffer.alloc(46 + file.name.length + (far ? 12 : 0));
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(VERSION, 4);
  writeCommon(entry, 6, file, crc);
  entry.writeUInt16LE(far ? 12 : 0, 30);
  entry.writeUInt32LE(far ? MAX_32 : offset, 42);
  entry.write(file.name, 46, 'latin1');
  if (far) {
    entry.writeUInt16LE(1, 46 + file.name.length);
    entry.writeUInt16LE(8, 48 + file.name.length);
    entry.writeBigUInt64LE(BigInt(offset), 50 + file.name.length);
  }
  return entry;
}

/** The 26 bytes that both kinds of header share: version, flags, method 0 (stored), time, checksum, sizes, lengths. */
function writeCommon(header: Buffer, at: number, { name, size, modifiedAt }: ZipFile, crc: number): void {
  const year = Math.max(modifiedAt.getUTCFullYear() - FIRST_YEAR, 0);
  const seconds = modifiedAt.getUTCHours() * 2048 + modifiedAt.getUTCMinutes() * 32 + (modifiedAt.getUTCSeconds() >> 1);
  header.writeUInt16LE(VERSION, at);
  header.writeUInt16LE(seconds, at + 6);
  header.writeUInt16LE((year << 9) | ((modifiedAt.getUTCMonth() + 1) << 5) | modifiedAt.getUTCDate(), at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(size, at + 14);
  header.writeUInt32LE(size, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}

/** APPNOTE 4.3.14 to 4.3.16: the ZIP64 end only where the old one is too small, since old programs stumble over it. */
function endOfDirectory(count: number, size: number, offset: number): Buffer {
  const large = count >= MAX_16 || size >= MAX_32 || offset >= MAX_32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, MAX_16), 8);
  end.writeUInt16LE(Math.min(count, MAX_16), 10);
  end.writeUInt32LE(Math.min(size, MAX_32), 12);
  end.writeUInt32LE(Math.min(offset, MAX_32), 16);
  if (!large) return end;

  const large64 = Buffer.alloc(56 + 20);
  large64.writeUInt32LE(0x06064b50, 0);
  large64.writeBigUInt64LE(44n, 4);
  large64.writeUInt16LE(VERSION, 12);
  large64.writeUInt16LE(VERSION, 14);
  large64.writeBigUInt64LE(BigInt(count), 24);
  large64.writeBigUInt64LE(BigInt(count), 32);
  large64.writeBigUInt64LE(BigInt(size), 40);
  large64.writeBigUInt64LE(BigInt(offset), 48);
  // The locator: where the record above begins, on a single disk.
  large64.writeUInt32LE(0x07064b50, 56);
  large64.writeBigUInt64LE(BigInt(offset + size), 64);
  large64.writeUInt32LE(1, 72);
  return Buffer.concat([large64, end]);
}
