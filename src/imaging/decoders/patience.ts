import { readFileSync } from 'node:fs';

/** Looks at a process this often while its time runs, in milliseconds. */
const LOOK_MS = 500;

/** Clock ticks in which a process did nothing at all may add up to so many times its limit. */
const STILL_LIMITS = 10;

/**
 * Ends work that takes too long, by time in which the work could go on. A machine that is paused, or a process that is
 * stopped, for half a minute would otherwise come back to images that all have failed: so a look that comes late counts
 * as one in time, and a look that finds no CPU used since the last one does not count. It does in the end, since code that
 * took a decoder over can stop it.
 * @param ms the limit, in milliseconds
 * @param cpuOf the CPU time that the process has used, in any unit; undefined where that is not known
 * @returns stops watching
 */
export function watchTime(
  ms: number,
  cpuOf: () => number | undefined,
  onLate: () => void,
  look: (work: () => void, ms: number) => NodeJS.Timeout = setInterval,
): () => void {
  const step = Math.min(LOOK_MS, ms / 4);
  let used = 0;
  let still = 0;
  let cpu = cpuOf();
  const timer = look(() => {
    const now = cpuOf();
    if (now !== undefined && now === cpu) still += step;
    else used += step;
    cpu = now;
    if (used < ms && still < ms * STILL_LIMITS) return;
    clearInterval(timer);
    onLate();
  }, step);
  return () => clearInterval(timer);
}

/** CPU time that a process has used, in clock ticks (proc_pid_stat(5): utime, stime); undefined where there is no /proc. */
export function cpuTicks(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Counted from the last bracket: the name of the program, in brackets, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return undefined;
  }
}
