import { createHmac, createSecretKey, hash, timingSafeEqual } from 'node:crypto';
import { Problem } from '../domain/problem.ts';
import type { RequestRecord } from '../pipeline/ports/store/records.ts';

/** Where we hand images out, behind our own base address. */
export const IMAGE_PATH = '/api/image/';

/** How the addresses of images are made whenever somebody reads them, and checked when they come back. */
export interface ImageLinks {
  /** The address of a stored image. */
  linkTo(record: Pick<RequestRecord, 'linkBase'>, key: string): string;
  /**
   * Lets an address through that we made.
   * @returns until when it is good, in milliseconds since 1970
   * @throws Problem `invalid_signature`, `link_expired`
   */
  check(key: string, query: { expires?: string; signature?: string }): number;
}

/** The address of a key. Files beside a table are named as they are; addresses have what they cannot hold encoded. */
function addressOf(linkBase: string, key: string): string {
  const isUrl = linkBase.includes('://');
  return linkBase + (isUrl ? key.split('/').map(encodeURIComponent).join('/') : key);
}

/** Good for ever: the name of an image cannot be guessed. */
export const LASTING_LINKS: ImageLinks = {
  linkTo: ({ linkBase }, key) => addressOf(linkBase, key),
  check: () => Number.POSITIVE_INFINITY,
};

const HOUR_MS = 3_600_000;
const AGAIN = 'Ask for the results again: they come with fresh links.';

/**
 * Good for a time, with a signature over name and end (HMAC-SHA256), so that neither can be changed. The end is a whole
 * hour: all readers of an hour get the same address, and caches serve them.
 * @param secret the same in every process that hands out images
 * @param lifeMs least time for which a link is good
 */
export function signedLinks(secret: string, lifeMs: number, now: () => number): ImageLinks {
  // Made once: a result CSV may have a million links.
  const hmacKey = createSecretKey(secret, 'utf8');
  const sign = (key: string, expires: string) =>
    createHmac('sha256', hmacKey).update(`${key}\n${expires}`).digest('base64url');
  return {
    linkTo({ linkBase }, key) {
      // Uploaded while links led to a CDN, which knows nothing of our signatures.
      if (!linkBase.endsWith(IMAGE_PATH)) return addressOf(linkBase, key);
      const expires = String((Math.ceil((now() + lifeMs) / HOUR_MS) * HOUR_MS) / 1000);
      return `${addressOf(linkBase, key)}?expires=${expires}&signature=${sign(key, expires)}`;
    },
    check(key, { expires = '', signature = '' }) {
      if (!same(signature, sign(key, expires))) throw new Problem('invalid_signature', AGAIN);
      const end = Number(expires) * 1000;
      if (end <= now()) throw new Problem('link_expired', AGAIN);
      return end;
    },
  };
}

/** Compared as digests: the time tells neither where two texts differ nor how long the right one is. */
function same(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
