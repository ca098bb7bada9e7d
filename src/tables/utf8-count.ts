import { isAscii, isUtf8 } from 'node:buffer';

/** Once there are as many bad bytes, the text is surely not UTF-8, and they need not be counted. */
const ENOUGH = 10_000;

/** Counts how much of a text is UTF-8, so that one bad byte in a million good ones is seen as what it is. */
export class Utf8Count {
  /** Characters of several bytes, those of wholly good chunks not all counted. */
  characters = 0;
  badBytes = 0;
  /** Line of the first bad byte, from 1. */
  badLine = 0;
  #line = 1;
  #carried: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    const text = this.#carried.length > 0 ? Buffer.concat([this.#carried, chunk]) : chunk;
    const whole = text.subarray(0, text.length - cutTail(text));
    this.#carried = Buffer.from(text.subarray(whole.length));
    if (isAscii(whole)) this.#line += this.badBytes === 0 ? countByte(whole, 0x0a) : 0;
    else if (isUtf8(whole)) {
      this.characters++;
      this.#line += this.badBytes === 0 ? countByte(whole, 0x0a) : 0;
    } else if (this.badBytes < ENOUGH) this.#count(whole);
  }

  end(): void {
    if (this.#carried.length > 0) this.#count(this.#carried);
    this.#carried = Buffer.alloc(0);
  }

  /** Whether the text is UTF-8, maybe with some damage. */
  get isUtf8(): boolean {
    return this.badBytes === 0 || this.characters >= 2 * this.badBytes;
  }

  #count(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x80) {
        if (byte === 0x0a && this.badBytes === 0) this.#line++;
        at++;
        continue;
      }
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0;
      const character = bytes.subarray(at, at + length);
      if (length > 0 && character.length === length && character.subarray(1).every(isContinuation)) {
        this.characters++;
        at += length;
      } else {
        if (this.badBytes++ === 0) this.badLine = this.#line;
        at++;
      }
    }
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

export function countByte(bytes: Buffer, wanted: number): number {
  let found = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) found++;
  return found;
}

/** How many bytes at the end begin a character that is not complete. */
function cutTail(text: Buffer): number {
  for (let back = 1; back <= Math.min(3, text.length); back++) {
    const byte = text[text.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
