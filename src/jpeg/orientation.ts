const TAG = 0x0112;
const SHORT = 3;

/**
 * How a picture is to be turned before it is shown (Exif 2.32 section 4.6: the first directory of a TIFF file).
 * @param exif body of the segment, from its name on
 * @returns 1 to 8, 1 for upright; anything else where programs may read it in different ways
 * @throws RangeError where an offset leads out of the segment
 */
export function orientationOf(exif: Buffer): number {
  const tiff = exif.subarray('Exif\0\0'.length);
  const little = tiff.readUInt16BE(0) === 0x4949;
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  if ((!little && tiff.readUInt16BE(0) !== 0x4d4d) || short(2) !== 42) return 0;
  const directory = long(4);
  const entries = Array.from({ length: short(directory) }, (_, index) => directory + 2 + 12 * index);
  const [entry, another] = entries.filter((at) => short(at) === TAG);
  if (entry === undefined) return 1;
  return another === undefined && short(entry + 2) === SHORT && long(entry + 4) === 1 ? short(entry + 8) : 0;
}
