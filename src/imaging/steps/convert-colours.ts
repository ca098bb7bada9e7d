import type { Context } from '../context.ts';

/** Brings all colours to sRGB, which is what browsers take a picture without a profile for. Grey stays one channel. */
export function convertColours(context: Context): void {
  const { grey, deepProfile } = context.source;
  const space = grey ? 'b-w' : 'srgb';
  // Of more than 8 bits a channel sharp makes Display P3 instead of sRGB, and it does not apply the profile of grey.
  if (deepProfile) context.image = context.image.pipelineColourspace(space);
  context.image = context.image.toColourspace(space);
}
