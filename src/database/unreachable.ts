/** SQLSTATE classes of a server that is starting, stopping, full or gone (PostgreSQL manual, appendix A). */
const AWAY = /^(08...|53300|57P0[1-5])$/;

const BROKEN_CONNECTION = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** What `pg` itself says, without a code, where the connection went in the middle. */
const BROKEN_SENTENCE = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** Whether an error means that the database is away and may come back. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === 'string' && (AWAY.test(code) || BROKEN_CONNECTION.has(code))) return true;
  return BROKEN_SENTENCE.test(message ?? '');
}
