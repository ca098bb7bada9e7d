/** The tag, and the TIFF type of its value. */
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * The orientation tag of an Exif segment (Exif 2.32 section 4.6.4: the first image file directory of a TIFF structure).
 * @param exif body of the APP1 segment, from its identifier on
 * @returns 1 to 8; 1, upright, where there is no tag; another number where programs read the segment in different ways
 * @throws RangeError where an offset points outside of the segment
 */
export function exifOrientation(exif: Buffer): number {
  const tiff = exif.subarray('Exif\0\0'.length);
  const littleEndian = tiff.readUInt16BE(0) === 0x4949;
  const short = (at: number) => (littleEndian ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (littleEndian ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  if ((!littleEndian && tiff.readUInt16BE(0) !== 0x4d4d) || short(2) !== 42) return 0;
  const directory = long(4);
  const entries = Array.from({ length: short(directory) }, (_, index) => directory + 2 + 12 * index);
  const [entry, another] = entries.filter((at) => short(at) === ORIENTATION);
  if (entry === undefined) return 1;
  return another === undefined && short(entry + 2) === SHORT && long(entry + 4) === 1 ? short(entry + 8) : 0;
}
