import { ImageFailure } from '../domain/failure.ts';
import { directUrl } from '../domain/share-links.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Whether a response leads to another address. */
export function isRedirect(statusCode: number, location: unknown): location is string {
  return REDIRECTS.has(statusCode) && typeof location === 'string';
}

/**
 * Where a redirect leads; a page behind a share link is replaced by its file, as in the table.
 * @param location as it came; header bytes are read as Latin-1
 * @throws ImageFailure `bad_response`, `address_refused` from https down to http
 */
export function redirectAddress(here: URL, location: string): URL {
  const bytes = Buffer.from(location, 'latin1');
  const text = bytes.toString();
  // Hosts write UTF-8 into the header; any other byte is escaped as it is, as browsers do.
  const isUtf8 = Buffer.from(text).equals(bytes);
  return nextAddress(here, isUtf8 ? text : location.replace(/[\x80-\xff]/g, escaped));
}

const escaped = (character: string) => `%${character.charCodeAt(0).toString(16)}`;

/** The same for an address that a page names. */
export function nextAddress(here: URL, address: string): URL {
  const next = URL.parse(address, here.href);
  if (!next) throw new ImageFailure('bad_response', { retry: false });
  // Whoever listens on the plain connection could swap the image (RFC 9110 section 15.4 leaves it to the client).
  if (here.protocol === 'https:' && next.protocol === 'http:') throw new ImageFailure('address_refused');
  return next.host === here.host ? next : directUrl(next);
}
