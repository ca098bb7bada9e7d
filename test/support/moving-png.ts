import sharp from 'sharp';
import { type Colour, pngChunk } from './pictures.ts';

const SIZE = { width: 40, height: 30 };

/** A PNG that moves: a plain picture of 40 × 30, then smaller plain ones over its middle, 200 ms each. */
export async function movingPng(colours: Colour[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let number = 0;
  for (const [index, [r, g, b]] of colours.entries()) {
    const { width, height } = index === 0 ? SIZE : { width: 20, height: 10 };
    const background = { r, g, b, alpha: 1 };
    const png = await sharp({ create: { width, height, channels: 4, background } })
      .png()
      .toBuffer();
    const control = Buffer.alloc(26);
    const place = index === 0 ? [0, 0] : [10, 10];
    for (const [at, value] of [number++, width, height, ...place].entries()) control.writeUInt32BE(value, 4 * at);
    control.writeUInt16BE(1, 20);
    control.writeUInt16BE(5, 22);
    chunks.push(pngChunk('fcTL', control));
    const data = imageData(png);
    if (index === 0) chunks.push(pngChunk('IDAT', data));
    else chunks.push(pngChunk('fdAT', Buffer.concat([bigEndian(number++), data])));
  }
  const head = await sharp({ create: { ...SIZE, channels: 4, background: '#fff' } })
    .png()
    .toBuffer();
  const control = pngChunk('acTL', Buffer.concat([bigEndian(colours.length), bigEndian(3)]));
  return Buffer.concat([head.subarray(0, 33), control, ...chunks, pngChunk('IEND', Buffer.alloc(0))]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function imageData(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return Buffer.concat(parts);
}
