/**
 * SQLSTATEs of a server that is starting, stopping, out of connections or memory, that has ended a session which was
 * silent for too long, or that only reads because another one has taken over (PostgreSQL manual, appendix A).
 */
const AWAY = /^(08...|25006|25P03|53[23]00|57P0[1-5])$/;

const BROKEN_CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_DESTROYED',
]);

/** What `pg` says, without a code, where a connection was lost, was not made in time, or led to something else. */
const BROKEN_SENTENCE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (has encountered|was closed)|There was an error establishing an SSL connection|received invalid response)/;

/** Whether an error means that the database is away and may come back. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === 'string' && (AWAY.test(code) || BROKEN_CONNECTION.has(code))) return true;
  return BROKEN_SENTENCE.test(message ?? '');
}
