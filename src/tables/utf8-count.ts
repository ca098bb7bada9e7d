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
  /** On which the text ends that was counted so far, from 1. */
  line = 1;
  #carried: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    const text = this.#carried.length > 0 ? Buffer.concat([this.#carried, chunk]) : chunk;
    const whole = text.subarray(0, text.length - cutTail(text));
    this.#carried = Buffer.from(text.subarray(whole.length));
    const line = this.line;
    this.line += countLines(whole);
    if (isAscii(whole)) return;
    if (isUtf8(whole)) this.characters++;
    else if (this.badBytes < ENOUGH) this.#count(whole, line);
  }

  end(): void {
    if (this.#carried.length > 0) this.#count(this.#carried, this.line);
    this.#carried = Buffer.alloc(0);
  }

  /** Whether the text is UTF-8, maybe with some damage. */
  get isUtf8(): boolean {
    return this.badBytes === 0 || this.characters >= 2 * this.badBytes;
  }

  /** @param start line on which the bytes begin */
  #count(bytes: Buffer, start: number): void {
    let line = start;
    for (let at = 0; at < bytes.length; ) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x80) {
        if (byte === 0x0a) line++;
        at++;
        continue;
      }
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0;
      const character = bytes.subarray(at, at + length);
      if (length > 0 && character.length === length && character.subarray(1).every(isContinuation)) {
        this.characters++;
        at += length;
      } else {
        if (this.badBytes++ === 0) this.badLine = line;
        at++;
      }
    }
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Byte by byte: a file may be nothing but line ends. */
export function countLines(bytes: Buffer): number {
  let found = 0;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0x0a) found++;
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
