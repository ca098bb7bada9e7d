import { closeSync, openSync, writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Argument of a decoder process that is a session of its own. */
export const OWN_SESSION = '--own-session';

/** Where Linux says, and is told, how the session of a process shares the cores with other sessions. */
export const AUTOGROUP = '/proc/self/autogroup';

/** Below the main process by so much (`nice`), wherever that is. */
const NICE = 5;

/**
 * Whether we belong to a terminal. A decoder that was taken over could type into it (ioctl_tty(2), TIOCSTI), which is
 * what root types.
 */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Encoding fills the cores; who feeds it and answers clients must not wait for them. */
export function stepBack(): void {
  setPriority(Math.min(getPriority() + NICE, constants.priority.PRIORITY_LOW));
  if (!process.argv.includes(OWN_SESSION)) return;
  try {
    // Niceness counts inside of a session only (sched(7), "The autogroup feature").
    writeFileSync(AUTOGROUP, String(NICE));
  } catch {
    // The system knows no such groups: niceness counts everywhere.
  }
}
