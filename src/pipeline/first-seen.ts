import { hash } from 'node:crypto';

/** 32-bit words in a slot: three of the link's digest, one for its number + 1 (0: the slot is free). */
const WORDS = 4;

/**
 * Tells of every link whether it came before, in 16 to 64 bytes a link however long the links are: a million links
 * take 32 MB instead of the links themselves. 96 bits of SHA-256 stand for a link, so two different ones are taken for
 * the same once in 10^17 uploads of a million.
 */
export class FirstSeen {
  #slots = new Uint32Array(1024 * WORDS);
  #count = 0;

  /** The number that this link was first seen with, or null when this is the first time. */
  add(link: string, number: number): number | null {
    const digest = hash('sha256', link, 'buffer');
    const a = digest.readUInt32LE(0);
    const b = digest.readUInt32LE(4);
    const c = digest.readUInt32LE(8);
    const at = this.#find(this.#slots, a, b, c);
    const known = this.#slots[at + 3];
    if (known) return known - 1;
    this.#slots.set([a, b, c, number + 1], at);
    this.#count++;
    if (this.#count * 2 * WORDS > this.#slots.length) this.#grow();
    return null;
  }

  /** How many different links there were. */
  get size(): number {
    return this.#count;
  }

  #find(slots: Uint32Array, a: number, b: number, c: number): number {
    const mask = slots.length / WORDS - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (slots[at + 3] === 0) return at;
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c) return at;
    }
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#slots.length; at += WORDS) {
      const [a = 0, b = 0, c = 0, number = 0] = this.#slots.subarray(at, at + WORDS);
      if (number !== 0) larger.set([a, b, c, number], this.#find(larger, a, b, c));
    }
    this.#slots = larger;
  }
}
