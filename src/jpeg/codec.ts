import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEAP } from './codec/layout.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** As much of WebAssembly as is used here: TypeScript has its types only together with those of browsers. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
  RuntimeError: new () => Error;
};

export function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError;
}

/** What `codec/index.ts` exports. Numbers are addresses, sizes in bytes or blocks, or 0 for false. */
interface CodecExports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  nextSymbol: { readonly value: number };
  setNextSymbol(to: number): void;
  unstuffed: { readonly value: number };
  setUnstuffed(to: number): void;
  unstuff(from: number, end: number): number;
  beginScan(
    kind: number,
    components: number,
    mcusWide: number,
    interval: number,
    segments: number,
    ss: number,
    se: number,
    al: number,
  ): void;
  decodeMcuRow(row: number): number;
  isAtSegmentEnd(): number;
  requantizeBlockRow(index: number, y: number): number;
  transformComponent(
    index: number,
    map: number,
    flipHorizontal: number,
    flipVertical: number,
    transpose: number,
    newDc: number,
    newSymbols: number,
  ): void;
  countSymbols(first: number, end: number, lumaSampling: number, mcusWide: number, mcusHigh: number): void;
  encodeScan(
    to: number,
    size: number,
    emptyBlock: number,
    lumaSampling: number,
    mcusWide: number,
    mcusHigh: number,
  ): number;
}

const PAGE_BYTES = 65_536;
/** A memory that grew larger than this is not kept for the next picture. */
const MAX_KEPT_BYTES = 24_000_000;

/** Compiled when the program loads: a decoder process loses its right to read this file before its first picture. */
const module = new WebAssembly.Module(readFileSync(join(import.meta.dirname, 'codec.wasm')));
let kept: { exports: unknown } | undefined;

/** The compiled inner loops and their memory, for one picture at a time. */
export class Codec {
  readonly run: CodecExports;
  #used = HEAP;

  constructor() {
    kept ??= new WebAssembly.Instance(module);
    this.run = kept.exports as CodecExports;
    if (this.run.memory.buffer.byteLength > MAX_KEPT_BYTES) kept = undefined;
  }

  /** @returns address of that many bytes, which hold whatever was there before */
  reserve(bytes: number): number {
    const address = this.#used;
    this.#used += Math.ceil(bytes / 16) * 16;
    this.makeRoom(this.#used);
    return address;
  }

  /** Releases all that has been reserved from an address on. */
  release(address: number): void {
    this.#used = address;
  }

  /** As `reserve`, filled with zeros. */
  reserveZeros(bytes: number): number {
    const address = this.reserve(bytes);
    this.bytes(address, bytes).fill(0);
    return address;
  }

  /** Reserves everything below an address that is not reserved yet. */
  keep(end: number): void {
    this.reserve(Math.max(0, end - this.#used));
  }

  /** Grows the memory up to an address. @throws UnsupportedJpeg where that is beyond its maximum of 64 MB */
  makeRoom(end: number): void {
    const { memory } = this.run;
    const missing = end - memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      // A quarter more than needed, so that it does not grow again with every row.
      memory.grow(Math.ceil((missing + memory.buffer.byteLength / 4) / PAGE_BYTES));
    } catch {
      kept = undefined;
      throw new UnsupportedJpeg('memory');
    }
  }

  /** Views of the memory, valid until it grows. @param address in bytes @param length in bytes, words or doubles */
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
