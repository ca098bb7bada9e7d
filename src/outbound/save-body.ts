import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ImageFailure } from '../domain/failure.ts';
import { decodeBody, tooLarge } from './content-coding.ts';
import type { HttpResponse } from './guarded-agent.ts';

/** What a response held: a file that may be a picture, or a text that is none. */
export type SavedBody =
  | { kind: 'file'; bytes: number; bytesTransferred: number; sha256: string }
  | { kind: 'text'; text: string };

/** Collected in memory before it is written: most images are smaller and take one write. */
const WRITE_BYTES = 1_000_000;
/** By these a page is told from a picture (WHATWG MIME Sniffing section 5.2). */
const HEAD_BYTES = 512;
/** What is read of a web page, to find out what it is and where it leads. */
const PAGE_BYTES = 262_144;

/**
 * Writes the body of a response to a new file, its content codings undone, unless it is a web page or JSON.
 * @param limit most bytes, coded and decoded
 * @throws ImageFailure `too_large` (at once where the host says so beforehand), `not_an_image` for an empty body,
 *   `bad_response`; errors of zlib, the network and the file
 */
export async function saveBody(response: HttpResponse, file: string, limit: number): Promise<SavedBody> {
  if (Number(response.headers['content-length'] ?? 0) > limit) {
    giveUp(response);
    throw tooLarge(limit);
  }
  try {
    const { chunks, transferred } = await decodeBody(response.body, headerOf(response, 'content-encoding'), limit);
    const rest = chunks[Symbol.asyncIterator]();
    const head = await readAtLeast(rest, HEAD_BYTES);
    if (isText(Buffer.concat(head), headerOf(response, 'content-type')))
      return { kind: 'text', text: await restOfText(head, rest) };
    const { bytes, sha256 } = await write(file, head, rest, limit);
    if (bytes === 0) throw new ImageFailure('not_an_image', { message: 'The link delivers an empty file.' });
    return { kind: 'file', bytes, bytesTransferred: transferred() ?? bytes, sha256 };
  } finally {
    giveUp(response);
  }
}

/** Drops what is left of a body; it may still report that its connection is cut. */
function giveUp({ body }: HttpResponse): void {
  body.on('error', () => undefined).destroy();
}

export function headerOf({ headers }: HttpResponse, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

async function readAtLeast(chunks: AsyncIterator<Buffer>, bytes: number): Promise<Buffer[]> {
  const read: Buffer[] = [];
  for (let length = 0; length < bytes; ) {
    const { value, done } = await chunks.next();
    if (done) break;
    read.push(value);
    length += value.length;
  }
  return read;
}

/** The tags with which browsers take a text for HTML (those of SVG are not among them), or what hosts call JSON. */
function isText(head: Buffer, type: string): boolean {
  const text = head.toString('latin1').replace(/^(\xef\xbb\xbf)?(\s+|<!--[\s\S]*?-->|<\?xml[^>]*>)*/, '');
  if (/^[{[]/.test(text) && /json/i.test(type)) return true;
  return /^<(!doctype html|html|head|body|script|meta|title|iframe|div|table|style|h1|a|p|br|b|font)[\s>]/i.test(text);
}

async function restOfText(head: Buffer[], chunks: AsyncIterator<Buffer>): Promise<string> {
  const missing = PAGE_BYTES - head.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([...head, ...(await readAtLeast(chunks, missing))]).toString('utf8', 0, PAGE_BYTES);
}

async function write(file: string, head: Buffer[], chunks: AsyncIterator<Buffer>, limit: number) {
  // Decoders may be another user; the folder around it is for them and us alone.
  const handle = await open(file, 'wx', 0o644);
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    let pieces: Buffer[] = [];
    let collected = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(limit);
      hash.update(chunk);
      pieces.push(chunk);
      collected += chunk.length;
    };
    head.forEach(take);
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      take(next.value);
      if (collected < WRITE_BYTES) continue;
      await append(handle, pieces, collected);
      pieces = [];
      collected = 0;
    }
    await append(handle, pieces, collected);
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** All of it: a vectored write that meets a full disk ends half-way, without an error. */
async function append(handle: FileHandle, pieces: Buffer[], bytes: number): Promise<void> {
  if (bytes === 0) return;
  const { bytesWritten } = await handle.writev(pieces);
  if (bytesWritten < bytes) await handle.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
}

/**
 * The beginning of a response that is no picture, to tell the user what it says.
 * @param ms how long is read; what did not come until then is left
 */
export async function readBeginning(response: HttpResponse, ms: number): Promise<string> {
  const timer = setTimeout(() => response.body.destroy(), ms);
  let read: Buffer[] = [];
  try {
    const { chunks } = await decodeBody(response.body, headerOf(response, 'content-encoding'), PAGE_BYTES);
    read = await readAtLeast(chunks[Symbol.asyncIterator](), PAGE_BYTES);
  } catch {
    // A page that breaks off, or is none at all, says nothing.
  } finally {
    clearTimeout(timer);
    giveUp(response);
  }
  return Buffer.concat(read).toString('utf8', 0, PAGE_BYTES);
}
