import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';

/** A file of this machine, to be uploaded: it is read while it is sent, never as a whole into memory. */
export async function openFile(path: string): Promise<File> {
  return new File([await openAsBlob(path)], basename(path));
}
