import { DiskFull, isBrokenConnection, Unavailable } from '../domain/unavailable.ts';

/**
 * SQLSTATEs of a server that is starting, stopping, out of connections or memory, that has ended a session which was
 * silent for too long, or that only reads because another one has taken over (PostgreSQL manual, appendix A).
 */
const AWAY = /^(08...|25006|25P03|53[23]00|57P0[1-5])$/;

/** What PostgreSQL says where its disk is full (appendix A). */
const POSTGRES_FULL = '53100';
/** SQLite's own number for "database or disk is full". */
const SQLITE_FULL = 13;

/** What `pg` says, without a code, where a connection was lost, was not made in time, or led to something else. */
const BROKEN_SENTENCE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (has encountered|was closed)|There was an error establishing an SSL connection|received invalid response)/;

/** An error of `pg` or `node:sqlite` as the rest of the program knows it: `Unavailable`, `DiskFull`, or as it came. */
export function databaseError(error: unknown): unknown {
  const { code, errcode, message = '' } = Object(error) as { code?: unknown; errcode?: unknown; message?: string };
  if (code === POSTGRES_FULL || errcode === SQLITE_FULL) return new DiskFull(message, { cause: error });
  const away =
    isBrokenConnection(error) || (typeof code === 'string' && AWAY.test(code)) || BROKEN_SENTENCE.test(message);
  // Several addresses that failed have no sentence together.
  return away ? new Unavailable(message || String(code), { cause: error }) : error;
}
