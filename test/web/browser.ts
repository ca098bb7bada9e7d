import { createReadStream, createWriteStream, existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { extract } from 'tar';
import manifest from '../../package.json' with { type: 'json' };
import { sharedFolder } from '../support/shared-folder.ts';

/** Why tests of the page are skipped where no browser runs. */
export const NEEDS_BROWSER = 'needs Chrome or Chromium: install one, or name its program in CHROME_PATH';

/**
 * Starts a browser: the one that CHROME_PATH names, else one of the machine, else the one that comes with the
 * development dependencies.
 * @returns undefined where none runs
 * @throws where none runs and CI is set: there a skipped test would be a promise that nobody checks
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const failures: unknown[] = [];
  for await (const candidate of candidates()) {
    try {
      return await chromium.launch(candidate);
    } catch (error) {
      failures.push(error);
    }
  }
  if (process.env.CI) throw new AggregateError(failures, NEEDS_BROWSER);
  return undefined;
}

async function* candidates(): AsyncGenerator<LaunchOptions> {
  const { CHROME_PATH, PATH = '' } = process.env;
  if (CHROME_PATH) {
    yield { executablePath: CHROME_PATH };
    return;
  }
  yield { channel: 'chrome' };
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const programs = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  for (const executablePath of programs.filter(existsSync)) yield { executablePath };
  // The package is made for one cloud, which is this.
  if (process.platform === 'linux' && process.arch === 'x64') yield await packaged();
}

/** The browser of the package with its libraries and its font: a bare machine has neither, and without a font no text has a size. */
async function packaged(): Promise<LaunchOptions> {
  const version = manifest.devDependencies['@sparticuz/chromium'];
  const home = join(import.meta.dirname, `../../node_modules/.cache/chromium-${version}`);
  await sharedFolder(home, unpack);
  const libraries = [join(home, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  return {
    executablePath: join(home, 'chromium'),
    env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(home, 'fonts.conf') },
  };
}

/** The fonts of the machine where it has some, and the one of the package. The one that comes along knows only its cloud. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
</fontconfig>
`;

async function unpack(folder: string): Promise<void> {
  const part = (name: string) =>
    fileURLToPath(new URL(`../../bin/${name}.br`, import.meta.resolve('@sparticuz/chromium')));
  await Promise.all([
    pipeline(
      createReadStream(part('chromium')),
      createBrotliDecompress(),
      createWriteStream(join(folder, 'chromium'), { mode: 0o755 }),
    ),
    ...['al2023.tar', 'fonts.tar'].map((name) => extract({ file: part(name), cwd: folder })),
  ]);
  writeFileSync(join(folder, 'fonts.conf'), FONTS);
}
