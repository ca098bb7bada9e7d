import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { CHEAP_START, MAIN } from './pixmill.ts';

export interface CommandResult {
  exitCode: number | null;
  out: string;
  err: string;
}

/** Runs one command of the real program to its end. @param started gets the process, to kill it for example */
export async function runCommand(
  args: string[],
  env: Record<string, string> = {},
  started: (child: ChildProcess) => void = () => undefined,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, PIXMILL_ALLOW_ADDRESSES: '127.0.0.1', ...CHEAP_START, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { exitCode, out, err };
}
