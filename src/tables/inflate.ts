import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';
import { Problem } from '../domain/problem.ts';
import { notCsv } from './other-files.ts';
import type { ZippedFile } from './zip-directory.ts';

const BROKEN = 'The compressed file is damaged or incomplete. Pack it again.';

/** How many bytes may still come out of a packed file; what an archive says of itself is not believed. */
export class Allowance {
  readonly #limit: number;
  #spent = 0;

  /** @param limit for a CSV, in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws Problem `csv_too_large` */
  spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent <= this.#limit) return;
    const message = `Unpacked, it is over the limit of ${this.#limit} bytes. Split the file and upload the parts.`;
    throw new Problem('csv_too_large', message);
  }
}

/**
 * The bytes in a gzip file.
 * @throws Problem `not_csv`, `csv_too_large`
 */
export function gunzipped(path: string, allowance: Allowance): AsyncGenerator<Buffer, void, undefined> {
  return counted(pipeline(createReadStream(path), createGunzip(), ignore), allowance);
}

/**
 * The bytes of a file in a ZIP archive.
 * @throws Problem `not_csv`, `csv_too_large`
 */
export async function* unzipped(
  path: string,
  { start, packedBytes, deflated, crc }: ZippedFile,
  allowance: Allowance,
): AsyncGenerator<Buffer, void, undefined> {
  const packed = createReadStream(path, { start, end: start + packedBytes - 1 });
  let sum = 0;
  for await (const chunk of counted(deflated ? pipeline(packed, createInflateRaw(), ignore) : packed, allowance)) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== crc) throw notCsv(1, BROKEN);
}

async function* counted(bytes: Readable, allowance: Allowance): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      allowance.spend(chunk.length);
      yield chunk;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') ? notCsv(1, BROKEN, error) : error;
  }
}

/** The error of a pipeline reaches us through the reading of its last stream. */
function ignore(): void {}
