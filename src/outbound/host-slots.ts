/** Bounds how many downloads run at once, in all and from each host. */
export interface HostSlots {
  /**
   * Waits for a slot: the lowest `priority` first among those whose host has room, so a busy host holds nobody else up.
   * @returns what gives the slot back
   * @throws the signal's reason
   */
  take(host: string, priority: number, signal: AbortSignal): Promise<() => void>;
  /** How many downloads hold a slot: of hosts that have no further one for others, and of the rest. */
  running(): { full: number; open: number };
  /** How many downloads wait because their host is full, and how many because all slots are taken. */
  waiting(): { host: number; slot: number };
}

interface Waiter {
  host: string;
  priority: number;
  go(): void;
}

export function createHostSlots(total: number, perHost: number): HostSlots {
  const running = new Map<string, number>();
  /** By priority, then in order of arrival. */
  const waiting: Waiter[] = [];
  let taken = 0;

  const isFull = (host: string) => (running.get(host) ?? 0) >= perHost;
  const hasRoom = (host: string) => taken < total && !isFull(host);

  function start(host: string): () => void {
    taken++;
    running.set(host, (running.get(host) ?? 0) + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      taken--;
      const left = (running.get(host) ?? 1) - 1;
      if (left === 0) running.delete(host);
      else running.set(host, left);
      const next = waiting.findIndex((waiter) => hasRoom(waiter.host));
      if (next !== -1) waiting.splice(next, 1)[0]?.go();
    };
  }

  return {
    running() {
      const full = [...running.values()].filter((count) => count >= perHost).reduce((sum, count) => sum + count, 0);
      return { full, open: taken - full };
    },

    waiting() {
      const host = waiting.filter((waiter) => isFull(waiter.host)).length;
      return { host, slot: waiting.length - host };
    },

    async take(host, priority, signal) {
      signal.throwIfAborted();
      if (hasRoom(host)) return start(host);
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(signal.reason);
        };
        const waiter: Waiter = {
          host,
          priority,
          go: () => {
            signal.removeEventListener('abort', giveUp);
            resolve(start(host));
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        const after = waiting.findIndex((other) => other.priority > priority);
        waiting.splice(after === -1 ? waiting.length : after, 0, waiter);
      });
    },
  };
}
