import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type UnpackedFile, unpackFile } from '../tables/unpack.ts';

/**
 * Has a file unpacked as the upload does it, for as long as it is used.
 * @param csvBytes how much may come out of a packed file
 * @throws Problem `not_csv`, `csv_too_large`, `row_too_long`
 */
export async function withUnpacked<T>(
  file: string,
  csvBytes: number,
  use: (unpacked: UnpackedFile) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pixmill-'));
  try {
    return await use(await unpackFile(file, join(folder, 'unpacked'), basename(file), csvBytes));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
