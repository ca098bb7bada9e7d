import { readFileSync } from 'node:fs';

/** For tests that measure a process: only Linux tells how much memory another one has had. */
export const MEASURED = { skip: process.platform === 'linux' ? false : 'only Linux tells what memory a process takes' };

/** The most memory that a process has had at once, in MB. */
export function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1_000_000;
}
