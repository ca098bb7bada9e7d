import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEAP } from './codec/layout.ts';
import { NotTaken } from './not-taken.ts';

/** As much of WebAssembly as is used here: its types come with those of browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
  RuntimeError: new () => Error;
};

export function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}

/** What `codec/index.ts` exports; numbers are addresses, sizes, or 0 for false. */
interface Exports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  tokens: { readonly value: number };
  setTokens(to: number): void;
  unstuffed: { readonly value: number };
  setUnstuffed(to: number): void;
  unstuff(from: number, end: number): number;
  beginScan(
    kind: number,
    parts: number,
    wide: number,
    interval: number,
    stretches: number,
    from: number,
    to: number,
    low: number,
  ): void;
  readRow(row: number): number;
  isAtEnd(): number;
  pourRow(part: number, y: number): number;
  turnPlane(
    part: number,
    places: number,
    mirroredAcross: number,
    mirroredDown: number,
    swapped: number,
    newDc: number,
    newStart: number,
  ): void;
  countUses(first: number, end: number, side: number, mcusWide: number, mcusHigh: number): void;
  write(to: number, size: number, empty: number, side: number, mcusWide: number, mcusHigh: number): number;
}

const PAGE = 65_536;
/** Larger ones are not kept for the next picture. */
const KEPT_BYTES = 24_000_000;

/** Loaded with the program: a decoder that works on pictures may not read it any more. */
const module = new WebAssembly.Module(readFileSync(join(import.meta.dirname, 'codec.wasm')));
let kept: { exports: unknown } | undefined;

/** The compiled inner loops with their memory, for one picture at a time. */
export class Codec {
  readonly run: Exports;
  #used = HEAP;

  constructor() {
    kept ??= new WebAssembly.Instance(module);
    this.run = kept.exports as Exports;
    if (this.run.memory.buffer.byteLength > KEPT_BYTES) kept = undefined;
  }

  /** Address of so many bytes; they hold whatever was there before. */
  reserve(bytes: number): number {
    const address = this.#used;
    this.#used += Math.ceil(bytes / 16) * 16;
    this.makeRoom(this.#used);
    return address;
  }

  /** Gives back all that has been reserved from an address on. */
  release(address: number): void {
    this.#used = address;
  }

  /** As `reserve`, with zeros. */
  reserveZeros(bytes: number): number {
    const address = this.reserve(bytes);
    this.bytes(address, bytes).fill(0);
    return address;
  }

  /** Reserves everything up to an address, as far as it is not reserved yet. */
  keep(end: number): void {
    this.reserve(Math.max(0, end - this.#used));
  }

  /** Makes the memory reach to an address. @throws NotTaken where that is too much */
  makeRoom(end: number): void {
    const { memory } = this.run;
    const missing = end - memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      // By a quarter more, so that it does not grow with every row.
      memory.grow(Math.ceil((missing + memory.buffer.byteLength / 4) / PAGE));
    } catch {
      kept = undefined;
      throw new NotTaken('memory');
    }
  }

  /** Only good until the memory grows. */
  bytes(address: number, length: number): Buffer {
    return Buffer.from(this.run.memory.buffer, address, length);
  }

  words(address: number, length: number): Int32Array {
    return new Int32Array(this.run.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, address, length);
  }
}
