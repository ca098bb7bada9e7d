import { readFileSync } from 'node:fs';
import decodeIco from 'decode-ico';
import sharp from 'sharp';
import type { Codec } from './codec.ts';
import { type Pixels, pixelLoader } from './pixel-loader.ts';

const HEADER = 6;
const ENTRY = 16;
const PNG = '\x89PNG';

/** One of the pictures of an icon; most hold the same one in several sizes. */
interface Icon {
  entry: Buffer;
  data: Buffer;
  width: number;
  height: number;
  bits: number;
  isPng: boolean;
}

/** Icons: the largest one is read, as browsers show it. */
export const ico: Codec = {
  recognises(head) {
    if (head.length < HEADER + ENTRY || head.readUInt32BE(0) !== 0x00000100) return false;
    const count = head.readUInt16LE(4);
    // Its first picture stands behind the list of all.
    return count > 0 && head.readUInt8(9) === 0 && head.readUInt32LE(18) >= HEADER + count * ENTRY;
  },
  loader: pixelLoader({
    inspect(file) {
      const { width, height } = largestIcon(readFileSync(file));
      return { width, height, alpha: true };
    },
    decode: (file) => decodeIcon(largestIcon(readFileSync(file))),
  }),
};

function largestIcon(file: Buffer): Icon {
  const icons = Array.from({ length: file.readUInt16LE(4) }, (_, index) => readIcon(file, HEADER + index * ENTRY));
  const [first, ...others] = icons.filter((icon) => icon !== undefined);
  if (!first) throw new Error('there is no picture in it');
  const isBetter = (a: Icon, b: Icon) => a.width * a.height - b.width * b.height || a.bits - b.bits;
  return others.reduce((best, icon) => (isBetter(icon, best) > 0 ? icon : best), first);
}

/** Its size as its own header says, since the list holds only 255. */
function readIcon(file: Buffer, at: number): Icon | undefined {
  if (at + ENTRY > file.length) return undefined;
  const entry = file.subarray(at, at + ENTRY);
  const start = entry.readUInt32LE(12);
  const data = file.subarray(start, start + entry.readUInt32LE(8));
  if (data.length < 40) return undefined;
  const isPng = data.toString('latin1', 0, 4) === PNG;
  // The rows of a bitmap are counted twice: of its colours, and of its mask.
  const [width, height] = isPng
    ? [data.readUInt32BE(16), data.readUInt32BE(20)]
    : [data.readInt32LE(4), Math.abs(data.readInt32LE(8)) / 2];
  return { entry, data, width, height, bits: isPng ? 32 : data.readUInt16LE(14), isPng };
}

async function decodeIcon({ entry, data, width, height, isPng }: Icon): Promise<Pixels> {
  if (isPng) {
    const png = sharp(data, { failOn: 'error', limitInputPixels: false }).toColourspace('srgb').ensureAlpha();
    return { data: await png.raw({ depth: 'uchar' }).toBuffer(), width, height };
  }
  // An icon of this picture alone: the others would be decoded in vain.
  const header = Buffer.from([0, 0, 1, 0, 1, 0]);
  const place = Buffer.from(entry);
  place.writeUInt32LE(data.length, 8);
  place.writeUInt32LE(HEADER + ENTRY, 12);
  const [icon] = decodeIco(Buffer.concat([header, place, data]));
  if (!icon) throw new Error('there is no picture in it');
  return { data: new Uint8Array(icon.data), width: icon.width, height: icon.height };
}
