/** What a file turns out to be that is no picture Pixmill takes, in the words of the sentence that says so. */
const FOUND: Record<string, string> = {
  jpeg_12_bit: 'a 12-bit JPEG, which browsers do not show either',
  jpeg_16_bit: 'a 16-bit JPEG, which browsers do not show either',
  avif_mini: 'an AVIF of the minimised form (brand mif3), which only the newest programs read',
  heif_codec: 'HEIF with a codec other than HEVC or AV1',
  jp2: 'JPEG 2000',
  jpx: 'JPEG 2000',
  jpm: 'JPEG 2000',
  mj2: 'Motion JPEG 2000',
  psd: 'a Photoshop file (PSD)',
  pdf: 'a PDF document',
  eps: 'an EPS drawing',
  xcf: 'a GIMP file (XCF)',
  jxr: 'JPEG XR',
  dng: 'a raw photo (DNG)',
  cr2: 'a raw photo of a Canon camera (CR2)',
  cr3: 'a raw photo of a Canon camera (CR3)',
  nef: 'a raw photo of a Nikon camera (NEF)',
  arw: 'a raw photo of a Sony camera (ARW)',
  orf: 'a raw photo of an Olympus camera (ORF)',
  raf: 'a raw photo of a Fujifilm camera (RAF)',
  rw2: 'a raw photo of a Panasonic camera (RW2)',
  mp4: 'a film (MP4)',
  mov: 'a film (QuickTime)',
  webm: 'a film (WebM)',
};

/** A key of the list above, or the ending that files of this kind usually have. */
export const FOUND_FORMAT = /^[a-z0-9_.-]{1,24}$/;

/** @example foundFormat('psd') // 'a Photoshop file (PSD)' */
export function foundFormat(found: string): string {
  return Object.hasOwn(FOUND, found) ? (FOUND[found] as string) : `a file of the kind ${found.toUpperCase()}`;
}
