/**
 * Loaded before the program (`--import`) to break it at one place, named by its environment:
 *
 *   BREAK_KILL=step:n   ends the process without warning at the n-th time that it reaches a step of storing an image
 *   BREAK_RENAME_MS=n   lets every rename fail with EIO for the first n milliseconds
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync } from 'node:sqlite';

/** In the order in which an image passes them. */
const STEPS = ['before sync', 'before rename', 'after rename', 'after folder sync', 'before commit'] as const;

const [step, count] = (process.env.BREAK_KILL ?? '').split(':');
let left = Number(count ?? 0);

function reach(here: (typeof STEPS)[number]): void {
  if (here === step && --left === 0) process.kill(process.pid, 'SIGKILL');
}

const { open, rename } = fs;
fs.open = async (path, flags, mode) => {
  const handle = await open(path, flags, mode);
  const folder = flags === 'r' && /images/.test(String(path));
  const file = flags === 'r' && /tmp/.test(String(path));
  const sync = handle.sync.bind(handle);
  handle.sync = async () => {
    if (file) reach('before sync');
    await sync();
    if (folder) reach('after folder sync');
  };
  return handle;
};
const failUntil = Date.now() + Number(process.env.BREAK_RENAME_MS ?? 0);
fs.rename = async (from, to) => {
  if (Date.now() < failUntil) throw Object.assign(new Error('EIO: i/o error, rename'), { code: 'EIO' });
  reach('before rename');
  await rename(from, to);
  reach('after rename');
};
syncBuiltinESMExports();

const prepare = DatabaseSync.prototype.prepare;
DatabaseSync.prototype.prepare = function (sql: string) {
  const statement = prepare.call(this, sql);
  if (sql !== 'commit') return statement;
  const run = statement.run.bind(statement);
  statement.run = (...values: never[]) => {
    reach('before commit');
    return run(...values);
  };
  return statement;
};
