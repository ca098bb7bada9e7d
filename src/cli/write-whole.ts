import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Whole or not at all: a spreadsheet may have the old one open. */
export async function writeWhole(path: string, content: AsyncIterable<string | Uint8Array>): Promise<void> {
  await pipeline(content, createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path);
}
