import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initSync, JxlImage } from 'jxl-oxide-wasm';
import sharp from 'sharp';
import type { Codec } from './codec.ts';
import { type Pixels, pixelLoader } from './pixel-loader.ts';

/** Of a bare stream, and of one in boxes (ISO/IEC 18181-2 section 9.1). */
const SIGNATURES = ['\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n'];

/** No limit of pixels is this high. */
const MOST_PIXELS = 500_000_000;

export const jxl: Codec = {
  recognises: (head) => SIGNATURES.some((signature) => head.toString('latin1', 0, signature.length) === signature),
  loader: pixelLoader({
    inspect(file) {
      const image = read(file);
      const { width = 0, height = 0, animated = false } = image;
      // Of a picture that the limits refuse, nothing is decoded.
      const alpha = width * height > MOST_PIXELS || hasAlpha(image);
      image.free();
      return { width, height, alpha, hasUnreadFrames: animated };
    },
    decode,
  }),
};

/** Read when the program is loaded: later, the process may not have the right any more. */
const module = readFileSync(fileURLToPath(import.meta.resolve('jxl-oxide-wasm/module.wasm')));
let isReady = false;

function read(file: string): JxlImage {
  if (!isReady) initSync({ module });
  isReady = true;
  const image = new JxlImage();
  image.forceSrgb = true;
  image.feedBytes(readFileSync(file));
  if (!image.tryInit()) throw new Error('the header is cut off');
  return image;
}

/** The decoder does not say; a single pixel of it tells by its kind of PNG (third edition, section 11.2.1). */
function hasAlpha(image: JxlImage): boolean {
  image.renderingRegion = { left: 0, top: 0, width: 1, height: 1 };
  const kind = image.render(0).encodeToPng()[25];
  return kind === 4 || kind === 6;
}

async function decode(file: string): Promise<Pixels> {
  const image = read(file);
  if (!image.loaded) throw new Error('the file is cut off');
  const png = image.render(0).encodeToPng();
  image.free();
  const { icc, depth } = await sharp(png).metadata();
  const opened = sharp(png, { limitInputPixels: false });
  // Of 16 bits with a profile sharp makes Display P3 instead of sRGB.
  const inSpace = icc && depth === 'ushort' ? opened.pipelineColourspace('srgb') : opened;
  const raw = inSpace.toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
