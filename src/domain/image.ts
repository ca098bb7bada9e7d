import { createHmac } from 'node:crypto';
import slugify from '@sindresorhus/slugify';
import type { FailureCode, Stage } from './catalogues/failures.ts';
import type { Note } from './catalogues/notes.ts';
import { FORMATS, type ImageFormat, WRITTEN_FORMATS, type WrittenFormat } from './formats.ts';

/** pending → done | failed, once; only a retry by the user leads back from failed to pending. */
export type ImageStatus = 'pending' | 'done' | 'failed';

/** `kept_original`: compressing would have made it larger, so the uploaded bytes were kept (without their metadata). */
export type ImageOutcome = 'compressed' | 'kept_original';

/** What is known of one compressed image. Sizes in bytes, dimensions in pixels as shown (after EXIF orientation). */
export interface ImageResult {
  outcome: ImageOutcome;
  formatIn: ImageFormat;
  formatOut: WrittenFormat;
  widthIn: number;
  heightIn: number;
  width: number;
  height: number;
  bytesIn: number;
  bytesOut: number;
  /** What the user should know of it. */
  notes?: Note[];
}

/** How one try at an image ended; `later` leaves it pending. */
export type Settlement =
  | ({ kind: 'done'; key: string } & ImageResult)
  | { kind: 'failed'; code: FailureCode; stage: Stage; message: string; bytesIn: number | null }
  | { kind: 'later'; retryAt: number };

/** Longest slug in a file name, so that a name stays far below the 255 bytes that file systems allow. */
const SLUG_LENGTH = 60;

/** Characters of a product's name of which the file names of its images are made. */
export const NAMING_LENGTH = 4 * SLUG_LENGTH;

/** Crockford's alphabet in lower case: no letter is mistaken for a digit, and case-blind file systems keep names apart. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TAG_LENGTH = 8;
const IMAGE_ID_LENGTH = 12;

function base32(bytes: Uint8Array, length: number): string {
  return Array.from(bytes.subarray(0, length), (byte) => ALPHABET[byte & 31]).join('');
}

/** The part of all file names of a request; also the folder that holds them. */
export function requestTag(secret: Uint8Array): string {
  return base32(createHmac('sha256', secret).update('tag').digest(), TAG_LENGTH);
}

/**
 * The storage key of an image, which is its public file name: one path segment, the same on every try, and not to be
 * guessed without the request's secret (60 random bits for each image).
 * @param position 1-based place of the image in its product
 */
export function imageKey(
  secret: Uint8Array,
  product: { row: number; name: string },
  position: number,
  format: WrittenFormat,
): string {
  const slug = slugify(product.name.slice(0, NAMING_LENGTH), { decamelize: false })
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, '');
  const id = base32(createHmac('sha256', secret).update(`${product.row}/${position}`).digest(), IMAGE_ID_LENGTH);
  return `${slug || 'image'}-${position}-${requestTag(secret)}${id}.${FORMATS[format].extension}`;
}

/** Made of the records of the formats, so that every key of `imageKey` is one: the storage refuses others. */
const KEY = new RegExp(
  `^[a-z0-9-]{1,80}-([${ALPHABET}]{${TAG_LENGTH}})[${ALPHABET}]{${IMAGE_ID_LENGTH}}\\.(${WRITTEN_FORMATS.map((format) => FORMATS[format].extension).join('|')})$`,
);

/** The request's tag and the format in a key, or undefined for a name that `imageKey` cannot have made. */
export function parseImageKey(name: string): { tag: string; format: WrittenFormat } | undefined {
  const [, tag, extension] = KEY.exec(name) ?? [];
  const format = WRITTEN_FORMATS.find((known) => FORMATS[known].extension === extension);
  return tag && format ? { tag, format } : undefined;
}

/** No host name is longer (RFC 1035, 2.3.4), and the time that a name in other letters takes grows with the square. */
const HOST_CHARACTERS = 253 + ':65535'.length;
const DATA_IMAGE = /^data:image\/[^,]{0,200},/i;
/** In ASCII, where several letters stand for each of these (RFC 3492), no name has room for more. */
const OTHER_LETTERS = 63;

/**
 * The address behind a link of the table: `//host` and `www.` become https (a sheet means the web by them).
 * @returns undefined where the link is no http or https address, or carries control characters
 */
export function imageUrl(link: string): URL | undefined {
  // The URL parser silently drops tabs and newlines; what a person cannot have meant is refused instead.
  if (hasControlCharacter(link)) return undefined;
  const absolute = link.startsWith('//') ? `https:${link}` : /^www\./i.test(link) ? `https://${link}` : link;
  const [, host] = /^https?:\/\/[/\\]*(?:[^/?#\\]*@)?([^/?#\\]*)/i.exec(absolute) ?? [];
  if (host === undefined || host.length > HOST_CHARACTERS) return undefined;
  if (host.replace(/[\0-\x7f]+/g, '').length > OTHER_LETTERS) return undefined;
  const url = URL.parse(absolute);
  return url?.hostname ? url : undefined;
}

/** Where a picture comes from: the address behind its link, or the picture that a `data:` link itself holds (RFC 2397). */
export function pictureUrl(link: string): URL | undefined {
  if (!DATA_IMAGE.test(link)) return imageUrl(link);
  return hasControlCharacter(link) ? undefined : (URL.parse(link) ?? undefined);
}

/** Characters of a picture that stands in the cell itself. */
const SHOWN_DATA = 64;

/** A link as answers show it: a picture that stands in the cell itself (RFC 2397) would be megabytes. */
export function shownLink(link: string): string {
  return /^data:/i.test(link) && link.length > SHOWN_DATA ? `${link.slice(0, SHOWN_DATA)}…` : link;
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
