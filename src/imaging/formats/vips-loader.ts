import sharp, { type Metadata } from 'sharp';
import type { SampleCorrection } from '../colour/convert-samples.ts';
import { isSrgb } from '../srgb-profile.ts';
import type { Loader, Source } from './codec.ts';

/**
 * A load option of libvips, which takes them behind the name of a file: a JPEG is decoded at half the size, from a quarter
 * of its coefficients. By itself sharp does so only for a third of the size and less.
 */
const SHRINK = '[shrink=2]';

interface VipsLoader {
  /** Name of the operation of libvips, without `VipsForeignLoad`. */
  operation: string;
  /** Whether libvips found the format as well. */
  matches(metadata: Metadata): boolean;
  animated?: boolean;
  canHalve?: boolean;
  /**
   * Changes what libvips would show otherwise than a browser does, without decoding anything.
   * @param file path
   * @returns the path where nothing has to change, else the bytes that are read instead
   */
  prepare?(file: string): string | Buffer;
  /** What libvips leaves to do with the samples of a file. */
  correction?(file: string, metadata: Metadata): SampleCorrection | undefined;
}

/** Reads a format with libvips. */
export function vipsLoader(loader: VipsLoader): Loader {
  const { operation, matches, animated = false, canHalve = false, prepare = (file) => file } = loader;
  return {
    operations: [`VipsForeignLoad${operation}`],
    canHalve,
    async inspect(file) {
      const metadata = await sharp(prepare(file), { animated, limitInputPixels: false }).metadata();
      // libvips looks at more than the first bytes; where it disagrees the file is made to deceive.
      if (!matches(metadata)) throw new Error(`the header of another format: ${metadata.format}`);
      return { ...sourceOf(metadata), correction: loader.correction?.(file, metadata) };
    },
    open: (file, how) =>
      sharp(how.halved ? `${file}${SHRINK}` : prepare(file), {
        failOn: 'error',
        animated: how.animated,
        limitInputPixels: false,
        ignoreIcc: how.ignoreProfile,
      }),
  };
}

function sourceOf(metadata: Metadata): Source {
  const { width, autoOrient, pages: frames = 1, pageHeight = metadata.height, orientation = 1, space, icc } = metadata;
  const turned = autoOrient.width !== width;
  return {
    width: turned ? pageHeight : width,
    height: turned ? width : pageHeight,
    frames,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    alpha: metadata.hasAlpha,
    grey: space === 'b-w' || space === 'grey16',
    srgb: (space === 'srgb' || space === 'rgb16') && icc !== undefined && isSrgb(icc),
    deep: space === 'rgb16' || space === 'grey16',
    deepProfile: (space === 'rgb16' || space === 'grey16') && icc !== undefined,
  };
}
