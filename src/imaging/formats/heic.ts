import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { notTaken } from '../../domain/failure.ts';
import { avifCorrection } from './avif.ts';
import type { Codec, Loader } from './codec.ts';
import { brands } from './iso-boxes.ts';
import { decodeHevc } from './libheif.ts';
import { withProfile } from './png-profile.ts';
import { vipsLoader } from './vips-loader.ts';

/** Of files whose pictures are coded with HEVC, and of those that do not say with what (ISO/IEC 23008-12 annex B). */
const BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'];

/** Where photos of iPhones keep how much brighter their pictures are on HDR screens; and the item of ISO 21496-1. */
const GAIN_MAPS = ['urn:com:apple:photo:2020:aux:hdrgainmap', 'tmap'];

/** libvips reads what the boxes say, and pictures of AV1; those of HEVC are decoded by libheif-js. */
const header = vipsLoader({
  operation: 'Heif',
  matches: ({ format }) => format === 'heif',
  prepare: (file) => readFileSync(file),
  correction: avifCorrection,
  traits(file) {
    const bytes = readFileSync(file);
    return { gainMap: GAIN_MAPS.some((name) => bytes.includes(name)) };
  },
});

const loader: Loader = {
  ...header,
  async open(file, how) {
    const bytes = readFileSync(file);
    const { compression, icc, hasAlpha } = await sharp(bytes).metadata();
    if (compression === 'av1') return header.open(file, how);
    if (compression !== 'hevc') throw notTaken('unsupported_format', 'heif_codec');
    const { data, width, height } = await decodeHevc(bytes);
    const pixels = sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false });
    const shown = hasAlpha ? pixels : pixels.removeAlpha();
    if (!icc || how.ignoreProfile) return shown;
    // sharp takes no profile beside raw pixels.
    return sharp(withProfile(await shown.png({ compressionLevel: 0 }).toBuffer(), icc), { limitInputPixels: false });
  },
};

export const heic: Codec = { recognises: (head) => brands(head).some((brand) => BRANDS.includes(brand)), loader };
