import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { list } from 'tar';

const ROOT = join(import.meta.dirname, '../..');

/** For npm and what it starts: they run with this Node, too. */
export const NPM_PATH = dirname(process.execPath) + delimiter + process.env.PATH;

/**
 * Packs the project as it would be published. What `npm pack --json` says of that has another shape in each version of
 * npm, so the tarball speaks for itself.
 * @param folder for the tarball, and no other one
 * @param args `-w` and the name of a workspace, where that is to be packed
 */
export async function npmPack(folder: string, ...args: string[]): Promise<{ tarball: string; files: string[] }> {
  await promisify(execFile)('npm', ['pack', ...args, '--pack-destination', folder], {
    cwd: ROOT,
    env: { ...process.env, PATH: NPM_PATH },
  });
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  const files: string[] = [];
  await list({ file: tarball, onReadEntry: ({ path }) => files.push(path.replace(/^package\//, '')) });
  return { tarball, files };
}
