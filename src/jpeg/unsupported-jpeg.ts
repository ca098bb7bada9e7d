/** This JPEG is damaged, of a rare kind or too large to be requantized; a full decoder has to judge it. */
export class UnsupportedJpeg extends Error {
  override name = 'UnsupportedJpeg';
}
