import { FORMATS } from '../../domain/formats.ts';
import { opaqueBackground } from '../background.ts';
import type { Context } from '../context.ts';

const NOTHING = { r: 0, g: 0, b: 0, alpha: 0 };

/** With `fit=pad`, puts the ground around the picture, which comes to lie in its middle. */
export function pad(context: Context): void {
  const { image, width, height, inner, options, formatOut } = context;
  const [across, down] = [width - inner.width, height - inner.height];
  if (options.fit !== 'pad' || (across === 0 && down === 0)) return;
  const left = Math.floor(across / 2);
  const top = Math.floor(down / 2);
  const isTransparent = options.background === 'transparent' && FORMATS[formatOut].alpha;
  const background = isTransparent ? NOTHING : opaqueBackground(options);
  context.image = image.extend({ left, right: across - left, top, bottom: down - top, background });
}
