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
 * Makes a process that was started as root nobody, for good: hostile bytes that take it over then own nothing. What it
 * needs of places that only root may enter has been loaded before, and it is in its folder, so that it need not pass those
 * above.
 * @param folders what it has to reach afterwards, by relative paths
 * @returns why it still has the rights of root; undefined where it has not
 */
export function becomeNobody(folders: string[]): string | undefined {
  if (!isRoot()) return undefined;
  try {
    // Groups first: that takes rights which go with the user.
    process.setgroups?.([]);
    process.setgid?.(NOBODY);
    // A file system may let in root alone, whatever the mode of a folder says. From here there still is a way back.
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
