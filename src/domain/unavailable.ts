/**
 * The database or the storage cannot be reached or does not answer as it should, and may come back. Thrown by what talks to
 * them, in place of errors that only they know; `cause` is that error.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** The database or the storage has no room left, until somebody makes room. `cause` is the error that says so. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';
}

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

/** Whether a connection was not made, or broke; a name with several addresses fails with all of their errors in one. */
export function isBrokenConnection(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isBrokenConnection);
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' && BROKEN_CONNECTION.has(code);
}

/** Whether an error of the file system says that there is no room. */
export function isFileSystemFull(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return code === 'ENOSPC' || code === 'EDQUOT';
}
