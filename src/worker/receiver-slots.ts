/** Bounds how many webhooks are sent to one host at once, whoever's they are. */
export interface ReceiverSlots {
  /**
   * Waits for a slot, in order of arrival: a customer whose messages hang is behind the others after each of them.
   * @param host name and port
   * @returns what gives the slot back, to be called once
   * @throws the signal's reason
   */
  acquire(host: string, signal: AbortSignal): Promise<() => void>;
}

export function createReceiverSlots(perHost: number): ReceiverSlots {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();

  function release(host: string): void {
    const [next, ...rest] = waiting.get(host) ?? [];
    if (rest.length > 0) waiting.set(host, rest);
    else waiting.delete(host);
    // The slot goes from hand to hand.
    if (next) {
      next();
      return;
    }
    const left = (running.get(host) ?? 1) - 1;
    if (left === 0) running.delete(host);
    else running.set(host, left);
  }

  return {
    async acquire(host, signal) {
      signal.throwIfAborted();
      const count = running.get(host) ?? 0;
      if (count < perHost) running.set(host, count + 1);
      else {
        await new Promise<void>((resolve, reject) => {
          const go = () => {
            signal.removeEventListener('abort', giveUp);
            resolve();
          };
          const giveUp = () => {
            waiting.set(
              host,
              (waiting.get(host) ?? []).filter((other) => other !== go),
            );
            reject(signal.reason);
          };
          signal.addEventListener('abort', giveUp, { once: true });
          waiting.set(host, [...(waiting.get(host) ?? []), go]);
        });
      }
      return () => release(host);
    },
  };
}
