#!/usr/bin/env node
// Plain, old JavaScript: a Node that is too old must get as far as the sentence that says so.
import { existsSync, readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [neededMajor, neededMinor] = engines.node.match(/\d+/g).map(Number);
const [major, minor] = process.versions.node.split('.').map(Number);

const { emitWarning } = process;
process.emitWarning = (warning, ...about) => {
  // Node 22 calls SQLite experimental on every start; what we use of it is what later versions have without a word.
  if (!String(warning).startsWith('SQLite is an experimental')) emitWarning.call(process, warning, ...about);
};

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  process.stderr.write(
    `Pixmill needs Node ${neededMajor}.${neededMinor} or newer; this is ${process.versions.node}.\n`,
  );
  process.exitCode = 1;
} else if (existsSync(new URL('../src/main.ts', import.meta.url))) {
  // A clone runs its sources; a dist/ that lies there may be from yesterday.
  import('../src/main.ts');
} else {
  import('../dist/main.js');
}
