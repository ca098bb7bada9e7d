import sharp from 'sharp';
import type { Loader, Source } from './codec.ts';

/** A picture that another codec than libvips has decoded: R, G, B and A, eight bits each. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

interface PixelLoader {
  /** Reads the header only. */
  inspect(file: string): Pick<Source, 'width' | 'height' | 'alpha'> & Partial<Source>;
  decode(file: string): Pixels | Promise<Pixels>;
}

/** Reads a format that libvips does not know. */
export function pixelLoader({ inspect, decode }: PixelLoader): Loader {
  return {
    operations: [],
    canHalve: false,
    async inspect(file) {
      const { width, height, ...traits } = inspect(file);
      if (!(width > 0 && height > 0)) throw new Error('the header says no size');
      const plain = { frames: 1, orientation: 1, grey: false, srgb: false, deep: false, deepProfile: false };
      return { ...plain, ...traits, width, height };
    },
    async open(file) {
      const { data, width, height } = await decode(file);
      return sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false });
    },
  };
}
