import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * A file of this machine, to be uploaded: it is read while it is sent, never as a whole into memory.
 * @throws what `stat` throws where there is no such file
 */
export async function openFile(path: string): Promise<File> {
  if (!(await stat(path)).isFile()) throw new TypeError(`${path} is no file.`);
  return new File([await openAsBlob(path)], basename(path));
}
