/** `node web/build.ts`: builds the page into web/dist where that is missing or older than what it is made of. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const WEB = import.meta.dirname;
const DIST = join(WEB, 'dist');
const MADE_OF = [
  'index.html',
  'vite.config.ts',
  'build.ts',
  'src',
  '../src/domain',
  '../src/http/schemas.ts',
  '../package-lock.json',
];

function changedAt(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  // The folder's own time tells of removed files.
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

function isFresh(): boolean {
  const page = join(DIST, 'index.html');
  if (!existsSync(page)) return false;
  const builtAt = statSync(page).mtimeMs;
  return MADE_OF.every((path) => changedAt(join(WEB, path)) <= builtAt);
}

/** Compressed once here instead of on every answer. */
async function compressAssets(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const file = join(folder, name);
    const bytes = await readFile(file);
    await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
    await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes));
  }
}

if (!isFresh()) {
  // Built beside and moved: who starts meanwhile sees the old page or the new one, never half of it.
  const fresh = join(WEB, `dist.${process.pid}`);
  const { build } = await import('vite');
  await build({
    configFile: join(WEB, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: fresh, emptyOutDir: true },
  });
  await compressAssets(join(fresh, 'assets'));
  // One file of Redoc is served; the hundred packages around it need not be installed with Pixmill for that.
  const redoc = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  for (const name of ['', '.LICENSE.txt']) await copyFile(redoc + name, join(fresh, `redoc.standalone.js${name}`));
  // Where somebody else built at the same time and was first, that page may be read already: it stays.
  if (!isFresh()) {
    await rm(DIST, { recursive: true, force: true });
    await rename(fresh, DIST).catch((error) => {
      if (!existsSync(DIST)) throw error;
    });
  }
  await rm(fresh, { recursive: true, force: true });
}
