/** This JPEG is not for the direct path: damaged, rare, or too large. The way through pixels judges it. */
export class NotTaken extends Error {
  override name = 'NotTaken';
}
