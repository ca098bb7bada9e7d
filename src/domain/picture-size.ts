import type { Options } from './options.ts';

/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Of what size a picture becomes. */
export interface FittedSize extends Size {
  /** What the whole picture is scaled to, before it is cut (`cover`) or before a ground is put around it (`pad`). */
  inner: Size;
  /** With `pad` and `cover`: whether it would have to be enlarged to fill the wanted size. */
  isUnderWanted: boolean;
}

type SizeOptions = Pick<Options, 'scale' | 'max_width' | 'max_height' | 'fit'>;

/**
 * The size that the options ask for. `scale` applies first; nothing is ever enlarged. Where only one of `max_width` and
 * `max_height` is given, the other side is that of the picture. A picture that is too small for `cover` is cut to the
 * wanted proportions.
 * @param source the upload as shown, that is after orientation
 */
export function fittedSize(source: Size, { scale, max_width, max_height, fit }: SizeOptions): FittedSize {
  const whole = { width: scaled(source.width, scale / 100), height: scaled(source.height, scale / 100) };
  const factor = Math.min((max_width ?? whole.width) / whole.width, (max_height ?? whole.height) / whole.height);
  const inside = times(whole, Math.min(factor, 1));
  const box = { width: max_width ?? inside.width, height: max_height ?? inside.height };
  switch (fit) {
    case 'inside':
      return { ...inside, inner: inside, isUnderWanted: false };
    case 'pad':
      return { ...box, inner: inside, isUnderWanted: inside.width < box.width && inside.height < box.height };
    case 'cover': {
      const wanted = Math.max(box.width / whole.width, box.height / whole.height);
      if (wanted <= 1) return { ...box, inner: times(whole, wanted), isUnderWanted: false };
      return { ...times(box, 1 / wanted), inner: whole, isUnderWanted: true };
    }
  }
}

function times({ width, height }: Size, factor: number): Size {
  return { width: scaled(width, factor), height: scaled(height, factor) };
}

function scaled(pixels: number, factor: number): number {
  return Math.max(1, Math.round(pixels * factor));
}
