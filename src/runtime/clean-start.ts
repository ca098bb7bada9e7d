import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { mayBeSecret } from './config/secret-names.ts';

/** Set for the program that takes secrets over, from standard input. */
const HANDED_OVER = 'PIXMILL_HANDED_OVER';

const SERVERS = new Set(['start', 'api', 'worker']);

/** In memory, where there is such a folder. */
const FOLDERS = ['/dev/shm', tmpdir()];

/**
 * Starts a server anew, as the same process, with an environment that holds no secret. What a process was started with
 * stays readable in `/proc/PID/environ` for as long as it runs, to everybody with its user id: that may be its decoders,
 * and hostile pictures may take these over. The secrets go along in an open file that has no name; the new program reads
 * and empties it before it does anything else.
 *
 * Returns where this is that program, where there is nothing to hide, and where it cannot be done: another system than
 * Linux, or no folder for the file.
 */
export function startClean(): void {
  if (process.env[HANDED_OVER] !== undefined) takeOver();
  else if (SERVERS.has(process.argv[2] ?? '') && process.platform === 'linux' && process.execve) handOver();
}

function handOver(): void {
  const all = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const secrets = all.filter(([name, value]) => mayBeSecret(name, value));
  if (secrets.length === 0 || !openNameless()) return;
  writeSync(STANDARD_INPUT, JSON.stringify(Object.fromEntries(secrets)), 0);
  const clean = Object.fromEntries(all.filter(([name, value]) => !mayBeSecret(name, value)));
  const words = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.(process.execPath, words, { ...clean, [HANDED_OVER]: 'stdin' });
}

function takeOver(): void {
  // By position: the one who wrote it has left the end of the file behind.
  const secrets = readFileSync(`/proc/self/fd/${STANDARD_INPUT}`, 'utf8');
  closeSync(STANDARD_INPUT);
  openSync(devNull, 'r');
  // What is set by now is in memory of the program alone.
  Object.assign(process.env, JSON.parse(secrets));
  delete process.env[HANDED_OVER];
}

/** A server reads nothing from there, and it is one of the three that outlive the change of programs. */
const STANDARD_INPUT = 0;

/** @returns whether standard input is now a new file that only we have open */
function openNameless(): boolean {
  closeSync(STANDARD_INPUT);
  for (const folder of FOLDERS) {
    const path = join(folder, `pixmill-${randomUUID()}`);
    try {
      // The lowest number that is free: that of standard input.
      openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      return true;
    } catch {
      // The next folder.
    }
  }
  openSync(devNull, 'r');
  return false;
}
