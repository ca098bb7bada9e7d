import { Problem } from '../domain/problem.ts';

/** A place to go on from, as clients see it: opaque, so that it may change. */
export function toCursor(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** @throws Problem `invalid_parameter` for what we cannot have made */
export function fromCursor(cursor: string, form: RegExp): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  if (form.test(place)) return place;
  throw new Problem('invalid_parameter', 'Use the "next_cursor" of the page before as "cursor".');
}
