import { pipeline as pipe, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { ImageFailure } from '../domain/failure.ts';

/** A body without its content codings. */
export interface DecodedBody {
  chunks: AsyncIterable<Buffer>;
  /** Bytes that came over the network so far, where codings were undone; undefined where there were none. */
  transferred(): number | undefined;
}

interface Coding {
  /** Whether a body that begins like this has the coding, whatever its header says. */
  fits(head: Buffer): boolean;
  decoder(head: Buffer): Transform;
}

const startsWith = (head: Buffer, ...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);

/** JPEG, PNG, GIF, WebP, BMP, TIFF, and what is built of boxes (AVIF, HEIC, JPEG XL). */
const isPicture = (head: Buffer) =>
  startsWith(head, 0xff, 0xd8, 0xff) ||
  /^(\x89PNG|GIF8|RIFF|BM|II\*\0|MM\0\*)/.test(head.toString('latin1')) ||
  /^(ftyp|JXL )/.test(head.toString('latin1', 4, 8));

const GZIP: Coding = { fits: (head) => startsWith(head, 0x1f, 0x8b), decoder: () => zlib.createGunzip() };

/** RFC 1950: the method in the lower half of the first byte, and a checksum over both. */
const hasZlibHeader = (head: Buffer) =>
  ((head[0] ?? 0) & 0x0f) === 8 && head.length > 1 && head.readUInt16BE(0) % 31 === 0;

/** The codings that browsers undo. `deflate` means zlib's format, but many servers send it raw. */
const CODINGS: Record<string, Coding> = {
  gzip: GZIP,
  'x-gzip': GZIP,
  deflate: {
    fits: (head) => !isPicture(head),
    decoder: (head) => (hasZlibHeader(head) ? zlib.createInflate() : zlib.createInflateRaw()),
  },
  br: { fits: (head) => !isPicture(head), decoder: () => zlib.createBrotliDecompress() },
  zstd: { fits: (head) => startsWith(head, 0x28, 0xb5, 0x2f, 0xfd), decoder: () => zlib.createZstdDecompress() },
};

/** Codings around each other. Real hosts send two at most; each further one multiplies what a bomb may unpack to. */
const MOST_CODINGS = 3;

/** Bytes by which codings and pictures are told apart. */
const HEAD_BYTES = 12;

/**
 * Undoes the content codings of a response (RFC 9110 section 8.4), the last one first. Words that are no coding, such as
 * `aws-chunked`, `none`, `binary` or the name of a charset, mean nothing, as in browsers; and a coding that the bytes do
 * not have is not undone.
 * @param header value of `Content-Encoding`
 * @param limit most bytes that may come out of each coding: of several ones the inner one may be a bomb, too
 * @throws ImageFailure `bad_response` for too many codings; `too_large` and zlib's errors come when the body is read
 */
export async function decodeBody(body: Readable, header: string, limit: number): Promise<DecodedBody> {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const codings = names.flatMap((name) => CODINGS[name] ?? []).reverse();
  if (codings.length === 0) return { chunks: body, transferred: () => undefined };
  if (codings.length > MOST_CODINGS) throw new ImageFailure('bad_response', { retry: false });
  let bytes = 0;
  let chunks = bounded(body, limit, (length) => {
    bytes += length;
  });
  for (const { fits, decoder } of codings) {
    const { head, all } = await peek(chunks);
    // An error reaches the reader through the last stream.
    chunks = fits(head)
      ? bounded(
          pipe(Readable.from(all), decoder(head), () => undefined),
          limit,
        )
      : all;
  }
  return { chunks, transferred: () => bytes };
}

/** The same chunks, until they are too many. */
async function* bounded(
  chunks: AsyncIterable<Buffer>,
  limit: number,
  count: (length: number) => void = () => undefined,
): AsyncIterable<Buffer> {
  let left = limit;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left < 0) throw tooLarge(limit);
    count(chunk.length);
    yield chunk;
  }
}

/** The first bytes, and all of them from the beginning. */
async function peek(chunks: AsyncIterable<Buffer>): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  for (let length = 0; length < HEAD_BYTES; ) {
    const { value, done } = await iterator.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  async function* all() {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head: Buffer.concat(first), all: all() };
}

export function tooLarge(limit: number): ImageFailure {
  return new ImageFailure('too_large', { message: `The file is larger than ${limit / 1_000_000} MB.` });
}
