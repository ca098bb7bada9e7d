import { closeSync, openSync, writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Argument of a decoder process that is a session of its own. */
export const OWN_SESSION = '--own-session';

/** Where Linux holds the priority of a session against other sessions. */
export const AUTOGROUP = '/proc/self/autogroup';

/** Added to the niceness of the main process, whatever that is. */
const NICE = 5;

/**
 * Whether this process has a terminal. A decoder that was taken over could put input into it (ioctl_tty(2), TIOCSTI), which
 * would run as what root typed.
 */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Lowers the priority of this process: encoding fills the cores, and the main process, which answers clients, goes first. */
export function stepBack(): void {
  setPriority(Math.min(getPriority() + NICE, constants.priority.PRIORITY_LOW));
  if (!process.argv.includes(OWN_SESSION)) return;
  try {
    // Niceness counts only within a session (sched(7), "The autogroup feature").
    writeFileSync(AUTOGROUP, String(NICE));
  } catch {
    // The system has no autogroups, so niceness counts everywhere.
  }
}
