/**
 * Whether an error of the S3 SDK means that the bucket is overloaded or broken and may come back. Connections that fail
 * have the same codes as everybody's.
 */
export function isStorageAway(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return name === 'TimeoutError' || status === 429 || status >= 500;
}
