import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The temporary files of a server, by their paths in the folder for them; the folders in it always lie there. */
export function temporaryFiles(dataDir: string): string[] {
  const folder = join(dataDir, 'tmp');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}
