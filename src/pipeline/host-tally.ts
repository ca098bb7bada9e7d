import { FirstSeen } from './first-seen.ts';

/** Hosts whose images are counted; a table may have a million hosts. */
const COUNTED = 10_000;

/** Counts the hosts of a table, and the images of those that come first in it. */
export class HostTally {
  readonly #images = new Map<string, number>();
  readonly #seen = new FirstSeen();

  add(host: string): void {
    const images = this.#images.get(host);
    if (images !== undefined) this.#images.set(host, images + 1);
    else if (this.#seen.add(host, 0) === null && this.#images.size < COUNTED) {
      // Copied: a host is cut out of its link, and would keep that in memory.
      this.#images.set(structuredClone(host), 1);
    }
  }

  get total(): number {
    return this.#seen.size;
  }

  /** The hosts with the most images. */
  greatest(count: number): { host: string; images: number }[] {
    const hosts = [...this.#images].map(([host, images]) => ({ host, images }));
    return hosts.sort((a, b) => b.images - a.images).slice(0, count);
  }
}
