/**
 * How much may lie between downloading and decoding. Downloads wait while more files than that are ready, so a fast
 * origin cannot fill the disk and a slow decoder is never without its next file.
 */
export interface Backlog {
  /** Returns when there is room for one more file of this customer. */
  whenRoom(customer: string): Promise<void>;
  /** A file is ready to be decoded. */
  add(customer: string): void;
  /** A file has been decoded. */
  remove(customer: string): void;
}

/**
 * @param room how many files of one customer may be ready at once. Each has a room of its own: the files of one whose
 * pictures take long keep nobody else's from coming
 */
export function createBacklog(room: number): Backlog {
  const ready = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  const isFull = (customer: string) => (ready.get(customer) ?? 0) >= room;
  return {
    async whenRoom(customer) {
      if (!isFull(customer)) return;
      await new Promise<void>((resolve) => waiting.set(customer, [...(waiting.get(customer) ?? []), resolve]));
    },
    add(customer) {
      ready.set(customer, (ready.get(customer) ?? 0) + 1);
    },
    remove(customer) {
      const left = (ready.get(customer) ?? 1) - 1;
      if (left === 0) ready.delete(customer);
      else ready.set(customer, left);
      if (isFull(customer)) return;
      // All of them: one that is let in may fail, or be given up, and nothing that it leaves behind would call the next.
      for (const enter of waiting.get(customer) ?? []) enter();
      waiting.delete(customer);
    },
  };
}
