import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Pixels } from './pixel-loader.ts';

/** What is used of libheif-js, whose own types name only functions of C. */
interface Module {
  HeifDecoder: new () => { decode(file: Uint8Array): Image[] };
}

interface Image {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(target: { data: Uint8ClampedArray } & Omit<Pixels, 'data'>, done: (result: object | null) => void): void;
  free(): void;
}

const require = createRequire(import.meta.url);
const start = require('libheif-js/libheif-wasm/libheif.js') as (settings: object) => Promise<Module>;
/** Read when the program is loaded: later, the process may not have the right any more. */
const wasmBinary = readFileSync(require.resolve('libheif-js/libheif-wasm/libheif.wasm'));

let started: Promise<Module> | undefined;

/**
 * Decodes the main picture of a HEIF file whose codec is HEVC, upright and cut as its boxes say. The libheif of sharp has no
 * HEVC.
 */
export async function decodeHevc(file: Buffer): Promise<Pixels> {
  started ??= start({ wasmBinary });
  const { HeifDecoder } = await started;
  const images = new HeifDecoder().decode(file);
  const image = images.find((each) => each.is_primary()) ?? images[0];
  if (!image) throw new Error('there is no picture in it');
  const [width, height] = [image.get_width(), image.get_height()];
  const data = new Uint8ClampedArray(width * height * 4);
  const result = await new Promise<object | null>((done) => image.display({ data, width, height }, done));
  for (const each of images) each.free();
  if (!result) throw new Error('libheif cannot decode it');
  return { data: new Uint8Array(data.buffer), width, height };
}
