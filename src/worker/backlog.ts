/**
 * How much may lie between downloading and decoding. Downloads wait while more files than that are ready, so a fast
 * origin cannot fill the disk and a slow decoder is never without its next file.
 */
export interface Backlog {
  /** Returns when there is room for one more file. */
  whenRoom(): Promise<void>;
  /** A file is ready to be decoded. */
  add(): void;
  /** A file has been decoded. */
  remove(): void;
}

/** @param room how many files may be ready at once */
export function createBacklog(room: number): Backlog {
  let ready = 0;
  let waiting: (() => void)[] = [];
  return {
    async whenRoom() {
      if (ready >= room) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    add() {
      ready++;
    },
    remove() {
      ready--;
      if (ready >= room) return;
      // All of them: one that is let in may fail, or be given up, and nothing that it leaves behind would call the next.
      for (const enter of waiting) enter();
      waiting = [];
    },
  };
}
