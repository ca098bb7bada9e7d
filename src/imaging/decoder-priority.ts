import { writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Below the main process by so much (`nice`), wherever that is. */
const NICE = 5;

/** Where Linux says, and is told, how the session of a process shares the cores with other sessions. */
export const AUTOGROUP = '/proc/self/autogroup';

/**
 * Encoding fills the cores; who feeds it and answers clients must not wait for them.
 * @param alone whether this process is a session of its own: niceness counts only inside of one (sched(7), "The autogroup
 * feature")
 */
export function stepBack(alone: boolean): void {
  setPriority(Math.min(getPriority() + NICE, constants.priority.PRIORITY_LOW));
  if (!alone) return;
  try {
    writeFileSync(AUTOGROUP, String(NICE));
  } catch {
    // The system knows no such groups: niceness counts everywhere.
  }
}
