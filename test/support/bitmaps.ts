import type { Sharp } from 'sharp';

/** How the pixels of a BMP are stored. */
interface BitmapKind {
  bits: 24 | 32;
  /** Rows from top to bottom, which a negative height says. */
  topDown?: boolean;
  /** A header of version 4 with a mask for alpha. */
  alpha?: boolean;
}

/** The picture as BMP. */
export async function bmp(image: Sharp, { bits, topDown = false, alpha = false }: BitmapKind): Promise<Buffer> {
  const { pixels, width, height } = await bgra(image);
  const header = Buffer.alloc(14 + (alpha ? 108 : 40));
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(header.length, 10);
  writeInfo(header.subarray(14), width, topDown ? -height : height, bits);
  if (alpha) {
    header.writeUInt32LE(108, 14);
    header.writeUInt32LE(3, 30);
    // Red, green, blue, alpha.
    for (const [at, mask] of [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000].entries()) {
      header.writeUInt32LE(mask, 54 + 4 * at);
    }
  }
  return Buffer.concat([header, rows(pixels, width, height, bits, topDown)]);
}

/** An icon of pictures of one size each, as bitmaps with an empty mask, or as PNG. */
export async function ico(...images: { image: Sharp; as: 'bitmap' | 'png' }[]): Promise<Buffer> {
  const parts = await Promise.all(
    images.map(async ({ image, as }) => {
      const { pixels, width, height } = await bgra(image);
      const info = Buffer.alloc(40);
      writeInfo(info, width, height * 2, 32);
      const mask = Buffer.alloc(Math.ceil(width / 32) * 4 * height);
      const bitmap = Buffer.concat([info, rows(pixels, width, height, 32, false), mask]);
      return { width, height, data: as === 'png' ? await image.clone().png().toBuffer() : bitmap };
    }),
  );
  const list = Buffer.alloc(6 + 16 * parts.length);
  list.writeUInt16LE(1, 2);
  list.writeUInt16LE(parts.length, 4);
  let start = list.length;
  for (const [index, { width, height, data }] of parts.entries()) {
    const at = 6 + 16 * index;
    list.writeUInt8(width & 255, at);
    list.writeUInt8(height & 255, at + 1);
    list.writeUInt16LE(1, at + 4);
    list.writeUInt16LE(32, at + 6);
    list.writeUInt32LE(data.length, at + 8);
    list.writeUInt32LE(start, at + 12);
    start += data.length;
  }
  return Buffer.concat([list, ...parts.map(({ data }) => data)]);
}

function writeInfo(info: Buffer, width: number, height: number, bits: number): void {
  info.writeUInt32LE(40, 0);
  info.writeInt32LE(width, 4);
  info.writeInt32LE(height, 8);
  info.writeUInt16LE(1, 12);
  info.writeUInt16LE(bits, 14);
}

async function bgra(image: Sharp): Promise<{ pixels: Buffer; width: number; height: number }> {
  const { data, info } = await image.clone().ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  for (let at = 0; at < data.length; at += 4) [data[at], data[at + 2]] = [data[at + 2] ?? 0, data[at] ?? 0];
  return { pixels: data, width: info.width, height: info.height };
}

/** Rows of full groups of four bytes, the last one first unless `topDown`. */
function rows(pixels: Buffer, width: number, height: number, bits: number, topDown: boolean): Buffer {
  const bytes = bits / 8;
  const stride = Math.ceil((width * bytes) / 4) * 4;
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const from = topDown ? y : height - 1 - y;
    for (let x = 0; x < width; x++)
      pixels.copy(out, y * stride + x * bytes, (from * width + x) * 4, (from * width + x) * 4 + bytes);
  }
  return out;
}
