import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { UploadForm } from '../pipeline/upload.ts';
import { readProducts } from '../tables/read-products.ts';
import { type UnpackedFile, unpackFile } from '../tables/unpack.ts';

/** A file as `acceptUpload` and `previewUpload` take it. */
type ReadableFile = Pick<UnpackedFile, 'name'> & Pick<UploadForm, 'read' | 'bytes'>;

/**
 * Has a file unpacked as the upload does it, for as long as it is used; in this thread, since nobody else waits for it.
 * @param csvBytes how much may come out of a packed file
 * @param sheet of a workbook the sheet that was asked for
 * @throws Problem `not_csv`, `csv_too_large`, `row_too_long`, `invalid_option`
 */
export async function withUnpacked<T>(
  file: string,
  csvBytes: number,
  sheet: string | undefined,
  use: (unpacked: ReadableFile) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pixmill-'));
  try {
    const unpacked = await unpackFile(file, join(folder, 'unpacked'), basename(file), csvBytes, sheet);
    const { path, name, format, bytes } = unpacked;
    return await use({
      name,
      bytes,
      read: (settings) => readProducts(() => createReadStream(path), { ...settings, format }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
