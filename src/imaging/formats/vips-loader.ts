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
  /** What libvips does not say of a file. @throws ImageFailure where it is whole, but not what is taken */
  traits?(file: string): Partial<Source>;
  /**
   * What is read instead of a file that ends early: the same, with an end.
   * @throws where so much is missing that it is damaged
   */
  withEnd?(file: string): Promise<Buffer>;
  /** Whether its pages are those of a document. */
  paged?: boolean;
}

/** Reads a format with libvips. */
export function vipsLoader(loader: VipsLoader): Loader {
  const { operation, matches, animated = false, canHalve = false, paged = false, prepare = (file) => file } = loader;
  return {
    operations: [`VipsForeignLoad${operation}`],
    canHalve,
    async inspect(file) {
      const traits = loader.traits?.(file);
      const metadata = await sharp(prepare(file), { animated, limitInputPixels: false }).metadata();
      // libvips looks at more than the first bytes; where it disagrees the file is made to deceive.
      if (!matches(metadata)) throw new Error(`the header of another format: ${metadata.format}`);
      const { pages = 1 } = metadata;
      const source = sourceOf(metadata);
      return {
        ...source,
        // Of other formats, pages are items beside the picture.
        frames: animated ? pages : 1,
        pages: paged ? pages : 1,
        coloursAssumed: !hasFittingProfile(metadata),
        ...traits,
        correction: loader.correction?.(file, metadata) ?? inkCorrection(metadata),
      };
    },
    async open(file, how) {
      const whole = how.endMissing && loader.withEnd ? await loader.withEnd(file) : undefined;
      return sharp(whole ?? (how.halved ? `${file}${SHRINK}` : prepare(file)), {
        failOn: 'error',
        animated: how.animated,
        limitInputPixels: false,
        ignoreIcc: how.ignoreProfile,
      });
    },
  };
}

function sourceOf(metadata: Metadata): Omit<Source, 'frames'> {
  const { width, autoOrient, pageHeight = metadata.height, orientation = 1, space, icc } = metadata;
  const turned = autoOrient.width !== width;
  return {
    width: turned ? pageHeight : width,
    height: turned ? width : pageHeight,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    alpha: metadata.hasAlpha,
    grey: space === 'b-w' || space === 'grey16',
    srgb: (space === 'srgb' || space === 'rgb16') && icc !== undefined && isSrgb(icc),
    deep: space === 'rgb16' || space === 'grey16',
    deepProfile: (space === 'rgb16' || space === 'grey16') && icc !== undefined,
  };
}

function inkCorrection({ space, icc }: Metadata): SampleCorrection | undefined {
  return space === 'cmyk' && !icc ? { ink: true } : undefined;
}

/** The colour space that a profile is for, by the spaces of libvips (ICC.1:2022 table 19). */
const PROFILE_SPACES: Record<string, string> = {
  srgb: 'RGB ',
  rgb16: 'RGB ',
  'b-w': 'GRAY',
  grey16: 'GRAY',
  cmyk: 'CMYK',
};

/** Whether a profile, where there is one, is one, and for these pixels; libvips ignores others. CMYK needs one. */
function hasFittingProfile({ icc, space }: Metadata): boolean {
  if (!icc) return space !== 'cmyk';
  // Grey pictures often have that of sRGB, which changes nothing.
  if (isSrgb(icc)) return true;
  if (icc.length < 132 || icc.toString('latin1', 36, 40) !== 'acsp') return false;
  return icc.toString('latin1', 16, 20) === PROFILE_SPACES[space ?? ''];
}
