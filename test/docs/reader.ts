import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ROOT } from './written-pages.ts';

/** Programs as a reader finds them; this Node before any other. */
export const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  PIXMILL_ALLOW_ADDRESSES: '127.0.0.1',
  npm_config_update_notifier: 'false',
};

/** A folder of a reader who has Pixmill and its client installed, and a `products.csv` with these rows. */
export function readersFolder(rows: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'products.csv'), `S. No.,Product Name,Input Image Urls\n${rows}`);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(resolve(ROOT, manifest.bin.pixmill), join(modules, '.bin/pixmill'));
  // The source stands for the package, which test/client/package.test.ts makes for real.
  const client = join(modules, '@pixmill/client');
  mkdirSync(client, { recursive: true });
  symlinkSync(join(ROOT, 'src/client'), join(client, 'src'));
  const exports = { '.': './src/index.ts', './node': './src/node.ts' };
  writeFileSync(join(client, 'package.json'), JSON.stringify({ name: '@pixmill/client', type: 'module', exports }));
  return folder;
}
