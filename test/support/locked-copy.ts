import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atTheEnd } from './at-the-end.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Needed for a bucket only, and loaded only there. */
const LEFT_OUT = /^node_modules\/(@aws-sdk|@smithy)\//;

/** Only a clone takes it from here: the package has it built in. */
const REDOC = 'node_modules/redoc';

interface LockedCopy {
  /** The project, inside of a folder that only we may enter. */
  folder: string;
  program: string;
  /** The Node that runs it, which lies there, too: `npm start` takes the one among the packages. */
  node: string;
}

/** A clone as in /root on a server: whoever is another user reaches neither the program nor what it works on. */
export function lockedCopy(): LockedCopy {
  const locked = mkdtempSync(join(tmpdir(), 'pixmill-locked-'));
  atTheEnd(() => rmSync(locked, { recursive: true, force: true }));
  chmodSync(locked, 0o700);
  const folder = join(locked, 'pixmill');
  mkdirSync(folder);
  for (const part of ['src', 'package.json']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  for (const path of packages()) link(join(ROOT, path), join(folder, path));
  const node = join(folder, 'node');
  linkFile(process.execPath, node);
  return { folder, program: join(folder, 'src/main.ts'), node };
}

/** The folders of what is installed with Pixmill. */
function packages(): string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: true; link?: true }>;
  };
  const installed = Object.keys(packages).filter((path) => !packages[path]?.dev && !packages[path]?.link);
  return [...installed.filter((path) => !LEFT_OUT.test(path)), REDOC];
}

function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isFile()) linkFile(source, target);
    // Packages inside of packages are named by themselves.
    else if (entry.isDirectory() && entry.name !== 'node_modules') link(source, target);
  }
}

/** Thousands of files are faster linked than copied, where both are on one disk. */
function linkFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
