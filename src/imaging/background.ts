import type { Options } from '../domain/options.ts';

const WHITE = '#ffffff';

/** What stands behind a picture whose format cannot be transparent. */
export function opaqueBackground({ background }: Pick<Options, 'background'>): string {
  return background === 'transparent' ? WHITE : background;
}

/** Whether a background needs more than one channel, as grey pictures have. */
export function isColoured({ background }: Pick<Options, 'background'>): boolean {
  const [red, green, blue] = background.match(/[0-9a-f]{2}/gi) ?? [];
  return background !== 'transparent' && (red !== green || green !== blue);
}
