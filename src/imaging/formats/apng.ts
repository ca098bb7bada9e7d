import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { pngChunk, pngChunks, SIGNATURE } from './png-chunks.ts';

/** How a frame is drawn (PNG, third edition, section 11.3.6.2). */
interface Frame {
  width: number;
  height: number;
  left: number;
  top: number;
  /** Milliseconds. */
  delay: number;
  /** What becomes of its place before the next frame: 0 nothing, 1 cleared, 2 as it was before. */
  dispose: number;
  /** Whether it is laid over what is there, instead of taking its place. */
  over: boolean;
  data: Buffer[];
}

/** What every frame needs to be a PNG of its own. */
const SHARED = ['PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT'];

/** Browsers take this for a pause shorter than 20 ms. */
const LEAST_DELAY = 100;

/** How many frames a PNG says it has; 1 where it does not move. */
export function apngFrameCount(file: Buffer): number {
  for (const { type, data } of pngChunks(file)) {
    if (type === 'IDAT') return 1;
    if (type === 'acTL' && data.length >= 8) return Math.max(1, data.readUInt32BE(0));
  }
  return 1;
}

/** The frames of a moving PNG as they are shown one after the other, with their times. libvips reads the first alone. */
export async function openApng(path: string): Promise<Sharp> {
  const file = readFileSync(path);
  const { header, shared, frames, loop } = readApng(file);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const canvas = Buffer.alloc(width * height * 4);
  const raw = { width, height, channels: 4 } as const;
  const shown: Buffer[] = [];
  for (const frame of frames) {
    const { left, top } = frame;
    if (left + frame.width > width || top + frame.height > height)
      throw new Error('a frame lies outside of the picture');
    const pixels = await decodeFrame(frame, header, shared);
    const before = frame.dispose === 2 ? Buffer.from(canvas) : undefined;
    draw(canvas, width, frame, pixels);
    // sharp joins files, not pixels; without compression that is a copy.
    shown.push(await sharp(canvas, { raw }).png({ compressionLevel: 0 }).toBuffer());
    if (before) before.copy(canvas);
    else if (frame.dispose === 1) clear(canvas, width, frame);
  }
  const joined = sharp(shown, { join: { animated: true }, limitInputPixels: false });
  // Without loss, and from memory to memory: a WebP carries the times, which raw pixels cannot.
  const delay = frames.map((frame) => frame.delay);
  const webp = await joined.webp({ lossless: true, effort: 0, exact: true, delay, loop }).toBuffer();
  return sharp(webp, { animated: true, failOn: 'error', limitInputPixels: false });
}

function readApng(file: Buffer): { header: Buffer; shared: Buffer[]; frames: Frame[]; loop: number } {
  const shared: Buffer[] = [];
  const frames: Frame[] = [];
  let header: Buffer | undefined;
  let loop = 0;
  for (const { type, data } of pngChunks(file)) {
    if (type === 'IHDR') header = data;
    else if (type === 'acTL') loop = data.readUInt32BE(4);
    else if (type === 'fcTL') frames.push(frameOf(data));
    // Before the first control it is a picture for programs that know no frames.
    else if (type === 'IDAT') frames.at(-1)?.data.push(data);
    // Its first number is that of the chunk.
    else if (type === 'fdAT') frames.at(-1)?.data.push(data.subarray(4));
    else if (SHARED.includes(type)) shared.push(pngChunk(type, data));
  }
  const whole = frames.filter(({ data }) => data.length > 0);
  if (!header || header.length < 13 || whole.length === 0) throw new Error('there are no frames in it');
  return { header, shared, frames: whole, loop: Math.min(loop, 65_535) };
}

function frameOf(control: Buffer): Frame {
  const [numerator, denominator] = [control.readUInt16BE(20), control.readUInt16BE(22) || 100];
  const delay = Math.round((1_000 * numerator) / denominator);
  return {
    width: control.readUInt32BE(4),
    height: control.readUInt32BE(8),
    left: control.readUInt32BE(12),
    top: control.readUInt32BE(16),
    delay: delay < 20 ? LEAST_DELAY : delay,
    dispose: control.readUInt8(24),
    over: control.readUInt8(25) === 1,
    data: [],
  };
}

async function decodeFrame({ width, height, data }: Frame, header: Buffer, shared: Buffer[]): Promise<Buffer> {
  const own = Buffer.from(header);
  own.writeUInt32BE(width, 0);
  own.writeUInt32BE(height, 4);
  const chunks = [pngChunk('IHDR', own), ...shared, ...data.map((each) => pngChunk('IDAT', each))];
  const png = Buffer.concat([SIGNATURE, ...chunks, pngChunk('IEND', Buffer.alloc(0))]);
  const image = sharp(png, { failOn: 'error', limitInputPixels: false }).toColourspace('srgb').ensureAlpha();
  return image.raw({ depth: 'uchar' }).toBuffer();
}

function draw(canvas: Buffer, canvasWidth: number, { left, top, width, height, over }: Frame, pixels: Buffer): void {
  for (let y = 0; y < height; y++) {
    const to = ((top + y) * canvasWidth + left) * 4;
    const from = y * width * 4;
    if (over) for (let x = 0; x < width * 4; x += 4) blend(canvas, to + x, pixels, from + x);
    else pixels.copy(canvas, to, from, from + width * 4);
  }
}

/** Over, of colours that are not multiplied by alpha (section 13.16). */
function blend(canvas: Buffer, to: number, pixels: Buffer, from: number): void {
  const alpha = pixels[from + 3] as number;
  if (alpha === 0) return;
  const below = ((canvas[to + 3] as number) * (255 - alpha)) / 255;
  const sum = alpha + below;
  for (let at = 0; at < 3; at++) {
    canvas[to + at] = Math.round(((pixels[from + at] as number) * alpha + (canvas[to + at] as number) * below) / sum);
  }
  canvas[to + 3] = Math.round(sum);
}

function clear(canvas: Buffer, canvasWidth: number, { left, top, width, height }: Frame): void {
  for (let y = top; y < top + height; y++) {
    const start = (y * canvasWidth + left) * 4;
    canvas.fill(0, start, start + width * 4);
  }
}
