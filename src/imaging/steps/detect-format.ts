import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileTypeFromBuffer } from 'file-type';
import { ImageFailure, notTaken } from '../../domain/failure.ts';
import type { Context } from '../context.ts';
import { recogniseFormat } from '../formats/index.ts';
import { brands } from '../formats/iso-boxes.ts';

/** Bytes that are looked at: as many as `file-type` wants. */
const HEAD_BYTES = 4_100;

/**
 * Finds the format by the first bytes of the file, whatever its name or its host says.
 * @throws ImageFailure `unsupported_format` for other pictures, `not_an_image` for everything else
 */
export async function detectFormat(context: Context): Promise<void> {
  const { head, size } = readHead(context.input);
  context.bytesIn = size;
  context.formatIn = recogniseFormat(head) ?? (await refuse(head));
}

function readHead(file: string): { head: Buffer; size: number } {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const read = readSync(descriptor, head);
    return { head: head.subarray(0, read), size: fstatSync(descriptor).size };
  } finally {
    closeSync(descriptor);
  }
}

/** Documents that people take for pictures. */
const DOCUMENTS = ['pdf', 'eps'];

async function refuse(head: Buffer): Promise<never> {
  if (brands(head).includes('mif3')) throw notTaken('unsupported_format', 'avif_mini');
  const type = await fileTypeFromBuffer(head);
  if (type?.mime.startsWith('image/') || DOCUMENTS.includes(type?.ext ?? '')) {
    throw notTaken('unsupported_format', type?.ext ?? '');
  }
  // Other brands of the container that AVIF uses: relatives of HEIC.
  if (head.toString('latin1', 4, 8) === 'ftyp' && !type) throw notTaken('unsupported_format', 'heif_codec');
  throw type ? notTaken('not_an_image', type.ext) : new ImageFailure('not_an_image');
}
