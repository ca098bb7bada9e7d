import sharp, { type Sharp } from 'sharp';

/**
 * Ink without a profile to light, as browsers do it: each ink takes away its share. libvips assumes a printing press instead,
 * which gives other colours.
 */
export async function convertCmyk(image: Sharp): Promise<Sharp> {
  const opened = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw({ depth: 'uchar' });
  const { data, info } = await opened.toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = width * height;
  // In place: three bytes are written where at least four were read.
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = pixel * channels;
    const paper = 255 - (data[at + 3] as number);
    for (let ink = 0; ink < 3; ink++) {
      data[pixel * 3 + ink] = Math.round(((255 - (data[at + ink] as number)) * paper) / 255);
    }
  }
  const raw = { width, height, channels: 3 } as const;
  return sharp(data.subarray(0, pixels * 3), { raw, limitInputPixels: false });
}
