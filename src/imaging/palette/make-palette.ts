import { distance, shown } from './colour.ts';

/** What one byte can tell apart. */
export const ENTRIES = 256;

/**
 * A palette that holds some colours and, as far as there is room, others: those go first that are nearest to another one.
 * The most transparent come first: a file says how transparent entries are up to the last one that is.
 */
export function makePalette(kept: number[], others: number[], room = ENTRIES): number[] {
  const entries = [...new Set([...kept, ...others])];
  const looks = entries.map(shown);
  while (entries.length > Math.max(room, kept.length)) {
    const loneliness = looks.map((look, place) =>
      place < kept.length ? Number.POSITIVE_INFINITY : alone(look, place, looks),
    );
    const place = loneliness.indexOf(Math.min(...loneliness));
    entries.splice(place, 1);
    looks.splice(place, 1);
  }
  return entries.sort((a, b) => (a >>> 24) - (b >>> 24));
}

/** How far the nearest other one is. */
function alone(look: number, place: number, looks: number[]): number {
  return Math.min(...looks.map((other, at) => (at === place ? Number.POSITIVE_INFINITY : distance(look, other))));
}
