import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

export type Colour = [number, number, number];

export const RED: Colour = [200, 30, 30];
export const GREEN: Colour = [30, 160, 60];
export const BLUE: Colour = [40, 60, 200];
export const WHITE: Colour = [235, 235, 235];

/** Four coloured quarters, so that any turn or mirror shows: red, green / blue, white. */
export function quarters(width = 64, height = 32): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [top, bottom] = [x < width / 2 ? RED : GREEN, x < width / 2 ? BLUE : WHITE];
      pixels.set(y < height / 2 ? top : bottom, (y * width + x) * 3);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A picture with as much detail as a photo, the same on every call. */
export function photo(width = 400, height = 300): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let noise = 1;
  for (let at = 0; at < pixels.length; at++) {
    noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff;
    const x = ((at / 3) | 0) % width;
    pixels[at] = 128 + 80 * Math.sin(x / 30 + (at % 3)) + ((noise >> 16) % 24);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A red disc on nothing. */
export function disc(size = 64): Sharp {
  const pixels = Buffer.alloc(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const inside = Math.hypot(x - size / 2, y - size / 2) < size / 3;
      if (inside) pixels.set([...RED, 255], (y * size + x) * 4);
    }
  }
  return sharp(pixels, { raw: { width: size, height: size, channels: 4 } });
}

/** One frame after the other in plain colours, as GIF or WebP. */
export async function animation(
  format: 'gif' | 'webp',
  colours: Colour[],
  delay: number[],
  loop: number,
): Promise<Buffer> {
  const frames = await Promise.all(
    colours.map(([r, g, b]) =>
      sharp({ create: { width: 40, height: 30, channels: 3, background: { r, g, b } } })
        .png()
        .toBuffer(),
    ),
  );
  const joined = sharp(frames, { join: { animated: true } });
  return format === 'gif'
    ? joined.gif({ delay, loop }).toBuffer()
    : joined.webp({ delay, loop, lossless: true }).toBuffer();
}

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** Puts chunks right behind the header of a PNG. */
export function withChunks(png: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
}

/** Puts a segment right behind the start of a JPEG. */
export function withSegment(jpeg: Buffer, marker: number, body: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** The colour at a place given in parts of the width and the height. */
export async function colourAt(file: Buffer | string, x: number, y: number, page = 0): Promise<number[]> {
  const { data, info } = await sharp(file, { page }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

/** Largest difference in any channel. */
export function distance(a: number[], b: readonly number[]): number {
  return Math.max(...b.map((value, channel) => Math.abs(value - (a[channel] ?? 0))));
}
