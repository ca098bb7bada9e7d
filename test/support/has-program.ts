import { spawnSync } from 'node:child_process';

/**
 * For tests of what other programs make of ours: a reason to skip them where the program is not installed, or is
 * another one of that name, as macOS has some.
 */
export function without(program: string): string | false {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0 ? false : `needs ${program}`;
}
