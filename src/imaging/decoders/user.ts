import { statSync } from 'node:fs';

/** `nobody` and `nogroup` on Linux. */
const NOBODY = 65_534;

/** Argument of a decoder process that may stay root where it cannot become nobody. */
export const MAY_STAY_ROOT = '--may-stay-root';

/** Whether this process has the rights of root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Turns a process that was started as root into the user nobody for good, so that hostile bytes which take it over own
 * nothing. The program must be loaded by then, as it may lie where only root may read; and the working folder must be the
 * one with its files, as nobody may not enter the folders above.
 * @param folders what it must still reach afterwards, by relative paths
 * @returns why it still has the rights of root; undefined where it has not
 */
export function becomeNobody(folders: string[]): string | undefined {
  if (!isRoot()) return undefined;
  try {
    // Groups first: changing them takes rights that are lost with the user.
    process.setgroups?.([]);
    process.setgid?.(NOBODY);
    // Some file systems let in root alone, whatever the mode of a folder says. The effective user can still be changed back.
    process.seteuid?.(NOBODY);
    for (const folder of folders) statSync(`${folder}/.`);
    process.seteuid?.(0);
    process.setuid?.(NOBODY);
  } catch (error) {
    if (process.geteuid?.() !== 0) process.seteuid?.(0);
    const { syscall, code } = error as NodeJS.ErrnoException;
    return `decoders cannot work as the user nobody in ${process.cwd()} (${syscall}: ${code})`;
  }
  const waysBack = [
    () => process.setuid?.(0),
    () => process.seteuid?.(0),
    () => process.setgid?.(0),
    () => process.setgroups?.([0]),
  ];
  return waysBack.some(succeeds) ? 'decoders can take back the rights that they give up' : undefined;
}

function succeeds(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
