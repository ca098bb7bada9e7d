import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';
import { Problem } from '../domain/problem.ts';
import { notCsv } from './survey.ts';
import { findZippedFile } from './zip-directory.ts';

const BROKEN = 'The compressed file is damaged or incomplete. Pack it again.';

/**
 * Unpacks a `.gz`, or a `.zip` of one file, in its place; any other name is left alone, so that a workbook that was
 * renamed to .csv stays what it is. What comes out is counted, not what the archive says of itself.
 * @returns the name of the file inside
 * @throws Problem `not_csv`, `csv_too_large`
 */
export async function unpackFile(path: string, name: string, csvBytes: number): Promise<string> {
  const kind = /\.(gz|zip)$/i.exec(name)?.[1]?.toLowerCase();
  if (kind === undefined) return name;
  const unpacked = `${path}.unpacked`;
  try {
    const inside = kind === 'gz' ? await gunzip(path, name, unpacked, csvBytes) : await unzip(path, unpacked, csvBytes);
    await rename(unpacked, path);
    return inside;
  } catch (error) {
    await rm(unpacked, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') ? notCsv(1, BROKEN) : error;
  }
}

async function gunzip(path: string, name: string, to: string, csvBytes: number): Promise<string> {
  if (!(await startsWith(path, [0x1f, 0x8b]))) throw notCsv(1, 'Its name ends in ".gz", but it is not a gzip file.');
  await write(path, {}, createGunzip(), to, csvBytes);
  return name.slice(0, -'.gz'.length);
}

async function unzip(path: string, to: string, csvBytes: number): Promise<string> {
  const file = await findZippedFile(path);
  const range = { start: file.start, end: file.start + file.packedBytes - 1 };
  const sum = await write(path, range, file.deflated ? createInflateRaw() : undefined, to, csvBytes);
  if (sum !== file.crc) throw notCsv(1, BROKEN);
  return file.name;
}

/** @returns the CRC-32 of what came out */
async function write(
  from: string,
  range: { start?: number; end?: number },
  inflate: Transform | undefined,
  to: string,
  csvBytes: number,
): Promise<number> {
  let bytes = 0;
  let sum = 0;
  const counting = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > csvBytes) {
        const message = `Unpacked, it is over the limit of ${csvBytes} bytes. Split the CSV and upload the parts.`;
        throw new Problem('csv_too_large', message);
      }
      sum = crc32(chunk, sum);
      yield chunk;
    }
  };
  const source = createReadStream(from, range);
  const target = createWriteStream(to, { flags: 'w', mode: 0o600 });
  if (inflate) await pipeline(source, inflate, counting, target);
  else await pipeline(source, counting, target);
  return sum;
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
