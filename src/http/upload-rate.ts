import type { Socket } from 'node:net';
import { Problem } from '../domain/problem.ts';

/** How long an upload may take to gather speed. */
const GRACE_MS = 20_000;

/**
 * Waits for an upload to arrive, as long as it comes at least as fast as this: bytes a second, over its whole time.
 * @param leastRate 0: as slow as it likes
 * @throws Problem `upload_too_slow`; `arriving` goes on until the connection is closed
 */
export async function arrivingAtLeast<T>(
  leastRate: number,
  socket: Pick<Socket, 'bytesRead'>,
  arriving: Promise<T>,
  graceMs: number = GRACE_MS,
): Promise<T> {
  if (leastRate === 0) return arriving;
  const began = performance.now();
  const before = socket.bytesRead;
  const tooSlow = Promise.withResolvers<never>();
  const timer = setInterval(() => {
    const seconds = (performance.now() - began) / 1_000;
    if (seconds * 1_000 < graceMs || socket.bytesRead - before >= seconds * leastRate) return;
    tooSlow.reject(new Problem('upload_too_slow', `It must come with at least ${leastRate} bytes a second.`));
  }, graceMs / 4);
  try {
    return await Promise.race([arriving, tooSlow.promise]);
  } finally {
    clearInterval(timer);
  }
}
