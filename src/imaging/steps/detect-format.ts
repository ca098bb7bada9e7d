import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileTypeFromBuffer } from 'file-type';
import { ImageFailure } from '../../domain/failure.ts';
import type { Context } from '../context.ts';
import { recogniseFormat } from '../formats/index.ts';

/** Bytes that are looked at: as many as `file-type` wants. */
const HEAD_BYTES = 4_100;

/** Pictures that no signature tells from text or from bytes of any kind. */
const SVG = /<svg[\s>]|<!doctype svg/i;

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

async function refuse(head: Buffer): Promise<never> {
  // Other brands of the container that AVIF uses: HEIC and its relatives.
  if (head.toString('latin1', 4, 8) === 'ftyp') throw new ImageFailure('unsupported_format');
  const type = await fileTypeFromBuffer(head);
  const picture = type?.mime.startsWith('image/') || SVG.test(head.toString('latin1', 0, 1_024));
  throw new ImageFailure(picture ? 'unsupported_format' : 'not_an_image');
}
