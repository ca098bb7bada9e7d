import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Whole or not at all: a spreadsheet may have the old one open. */
export async function writeWhole(path: string, content: AsyncIterable<string | Uint8Array>): Promise<void> {
  // Of a run that was killed; or a link, which must not be followed.
  await rm(`${path}.part`, { force: true });
  await pipeline(content, createWriteStream(`${path}.part`, { flags: 'wx' }));
  await rename(`${path}.part`, path);
}
