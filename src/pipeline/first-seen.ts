import { hash } from 'node:crypto';

/** 32-bit words in a slot: three of the link's digest, one for its number + 1 (0: the slot is free). */
const WORDS = 4;
/** Tables, so that one grows at a time: a single one would hold everybody up for a fifth of a second. */
const TABLES = 64;

/**
 * Tells of every link whether it came before, in 16 to 64 bytes a link however long the links are: a million links
 * take 32 MB instead of the links themselves. 96 bits of SHA-256 stand for a link, so two different ones are taken for
 * the same once in 10^17 uploads of a million.
 */
export class FirstSeen {
  readonly #tables = Array.from({ length: TABLES }, () => new Table());

  /** The number that this link was first seen with, or null when this is the first time. */
  add(link: string, number: number): number | null {
    const digest = hash('sha256', link, 'buffer');
    const table = this.#tables[digest.readUInt8(12) % TABLES];
    if (!table) throw new Error('there is a table for every digest');
    return table.add(digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), number);
  }

  /** How many different links there were. */
  get size(): number {
    return this.#tables.reduce((sum, { count }) => sum + count, 0);
  }
}

/** Open addressing with linear probing, at most half full. */
class Table {
  count = 0;
  #slots = new Uint32Array(32 * WORDS);

  add(a: number, b: number, c: number, number: number): number | null {
    const at = find(this.#slots, a, b, c);
    const known = this.#slots[at + 3];
    if (known) return known - 1;
    put(this.#slots, at, a, b, c, number + 1);
    this.count++;
    if (this.count * 2 * WORDS > this.#slots.length) this.#grow();
    return null;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += WORDS) {
      const number = old[at + 3] ?? 0;
      if (number === 0) continue;
      const a = old[at] ?? 0;
      const b = old[at + 1] ?? 0;
      const c = old[at + 2] ?? 0;
      put(this.#slots, find(this.#slots, a, b, c), a, b, c, number);
    }
  }
}

function put(slots: Uint32Array, at: number, a: number, b: number, c: number, number: number): void {
  slots[at] = a;
  slots[at + 1] = b;
  slots[at + 2] = c;
  slots[at + 3] = number;
}

function find(slots: Uint32Array, a: number, b: number, c: number): number {
  const mask = slots.length / WORDS - 1;
  for (let slot = a & mask; ; slot = (slot + 1) & mask) {
    const at = slot * WORDS;
    if (slots[at + 3] === 0) return at;
    if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c) return at;
  }
}
