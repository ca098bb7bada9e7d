import { open } from 'node:fs/promises';

/** Chunks that change how pixels are shown (PNG, third edition, section 11), animation included. */
const NEEDED = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT cICP mDCV cLLI pHYs bKGD hIST acTL fcTL fdAT'.split(' '),
);

const SIGNATURE = 8;
/** Length, type and checksum around a chunk's data. */
const FRAME = 12;

export function cleanPng(file: Buffer): Buffer | undefined {
  const kept: Buffer[] = [file.subarray(0, SIGNATURE)];
  for (let at = SIGNATURE; at + FRAME <= file.length; ) {
    const size = file.readUInt32BE(at) + FRAME;
    const type = file.toString('latin1', at + 4, at + 8);
    if (at + size > file.length) return undefined;
    if (NEEDED.has(type)) kept.push(file.subarray(at, at + size));
    // An upper-case first letter: nobody can show the picture without it, and we do not know it.
    else if (/^[A-Z]/.test(type)) return undefined;
    if (type === 'IEND') return Buffer.concat(kept);
    at += size;
  }
  return undefined;
}

/** Whether a PNG has frames: its control chunk stands before the first image data (third edition, section 11.3.6). */
export async function isAnimatedPng(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const frame = Buffer.alloc(8);
    for (let at = SIGNATURE; ; ) {
      const { bytesRead } = await handle.read(frame, 0, 8, at);
      const type = frame.toString('latin1', 4, 8);
      if (bytesRead < 8 || type === 'IDAT' || type === 'IEND') return false;
      if (type === 'acTL') return true;
      at += frame.readUInt32BE(0) + FRAME;
    }
  } finally {
    await handle.close();
  }
}
