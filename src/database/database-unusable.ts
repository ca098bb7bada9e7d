/** The database cannot be used as it is; the message says why and what to do, and the program does not start. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
}
