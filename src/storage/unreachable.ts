/**
 * Whether an error of the S3 SDK means that the bucket is overloaded, broken, or closed to our credentials, and may come
 * back: rights that were taken away are given back. Connections that fail have the same codes as everybody's.
 */
export function isStorageAway(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return name === 'TimeoutError' || status === 401 || status === 403 || status === 429 || status >= 500;
}
