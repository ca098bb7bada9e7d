import { createHmac } from 'node:crypto';
import type { FailureCode, Stage } from './catalogues/failures.ts';
import type { Note } from './catalogues/notes.ts';
import { cut, DifferentNames, FORBIDDEN_RUN, fileName, MOST_BYTES, namePart, SEGMENT } from './file-name.ts';
import { FORMATS, type ImageFormat, WRITTEN_FORMATS, type WrittenFormat } from './formats.ts';
import { type PlaceholderName, parseTemplate, uses } from './name-template.ts';
import { MAIN } from './renditions.ts';

/** pending → done | failed, once; only a retry by the user leads back from failed to pending. */
export type ImageStatus = 'pending' | 'done' | 'failed';

/** `kept_original`: compressing would have made it larger, so the uploaded bytes were kept (without their metadata). */
export type ImageOutcome = 'compressed' | 'kept_original';

/** What a page shows in the place of a picture until that is there. */
export interface Placeholder {
  /** The main colour, as `#rrggbb`. */
  colour: string;
  /** A blurred picture in some 25 bytes (ThumbHash), as base64. */
  thumbhash: string;
}

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
  /** Of the main picture, unless it was made without decoding anything. */
  placeholder?: Placeholder;
  /** What the user should know of it. */
  notes?: Note[];
}

/** A further picture of an image, as it is stored. */
export interface StoredRendition extends Pick<ImageResult, 'formatOut' | 'width' | 'height' | 'bytesOut'> {
  name: string;
  key: string;
}

/** How one try at an image ended; `later` leaves it pending. */
export type Settlement =
  | ({ kind: 'done'; key: string; renditions?: StoredRendition[] } & ImageResult)
  | { kind: 'failed'; code: FailureCode; stage: Stage; message: string; bytesIn: number | null }
  | { kind: 'later'; retryAt: number };

/** Longest name of a product in a file name, so that the name stays far below what file systems allow. */
const SLUG_LENGTH = 60;
const SLUG_BYTES = 180;

/** Characters of a product's name, or of another value, of which the file names of its images are made. */
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

/** What cannot be guessed without the request's secret (60 random bits for each picture), and tells the request. */
function unguessable(secret: Uint8Array, picture: string): string {
  const id = base32(createHmac('sha256', secret).update(picture).digest(), IMAGE_ID_LENGTH);
  return requestTag(secret) + id;
}

/** What file names are made of. */
export interface NamedImage {
  /** 0-based, of the product. */
  row: number;
  /** 1-based place of the image in its product. */
  position: number;
  productName: string;
  serial: string;
  inputUrl: string;
  /** Cells of the columns that the template names, by their headers. */
  columns?: Readonly<Record<string, string>>;
}

/** A picture that is to be stored. */
export interface NamedPicture {
  /** Of the rendition. */
  name: string;
  format: WrittenFormat;
}

/**
 * The storage keys of all pictures of an image, which are their public paths: the same on every try, and not to be guessed
 * without the request's secret. With `{random}` in the template a key is a file name, without it a folder that cannot be
 * guessed and a file name.
 * @param template as `parseTemplate` reads it; undefined for the usual names
 */
export function imageKeys(
  secret: Uint8Array,
  image: NamedImage,
  template: string | undefined,
  pictures: readonly NamedPicture[],
): string[] {
  const place = `${image.row}/${image.position}`;
  const names = new DifferentNames();
  const isRandom = uses(template, 'random');
  return pictures.map(({ name, format }) => {
    const { extension } = FORMATS[format];
    const random = unguessable(secret, name === MAIN ? place : `${place}/${name}`);
    if (template === undefined) return `${slug(image.productName)}-${image.position}-${random}.${extension}`;
    const values = { ...placeholders(image), rendition: name, random };
    if (isRandom) return fileName(filledStem(template, values, image.columns, MOST_BYTES), extension);
    const folder = unguessable(secret, place);
    const stem = filledStem(template, values, image.columns, MOST_IN_FOLDER) + whichOfProduct(template, image);
    return `${folder}/${names.of(fileName(stem, extension, MOST_IN_FOLDER))}`;
  });
}

/** The key of the main picture under its usual name. */
export function imageKey(
  secret: Uint8Array,
  product: { row: number; name: string },
  position: number,
  format: WrittenFormat,
): string {
  const image = { row: product.row, position, productName: product.name, serial: '', inputUrl: '' };
  const [key = ''] = imageKeys(secret, image, undefined, [{ name: MAIN, format }]);
  return key;
}

/** Room for the folder, where a storage keeps both in one name, and for what keeps names apart. */
const MOST_IN_FOLDER = MOST_BYTES - TAG_LENGTH - IMAGE_ID_LENGTH - '/-1000'.length;

/** The images of a product would all have one name where the template says nothing of their places. */
function whichOfProduct(template: string, { position }: NamedImage): string {
  return position === 1 || uses(template, 'position', 'source') ? '' : `-${position}`;
}

/** A name in lower case, of letters and digits of all scripts with `-` between. */
function slug(name: string): string {
  const words = name.slice(0, NAMING_LENGTH).normalize('NFC').toWellFormed().toLowerCase();
  const plain = words.replace(/[^\p{L}\p{N}\p{M}]+/gu, '-').normalize('NFC');
  const short = cut([...plain].slice(0, SLUG_LENGTH).join(''), SLUG_BYTES).replace(/^-+|-+$/g, '');
  return short || 'image';
}

function placeholders({ productName, serial, position, inputUrl }: NamedImage) {
  return { name: productName, serial, position: String(position), source: sourceName(inputUrl) };
}

/** The file name of a link, without its extension. */
function sourceName(link: string): string {
  const path = imageUrl(link)?.pathname ?? '';
  const last = path.split('/').findLast(Boolean) ?? '';
  const plain = last.replace(/\.[A-Za-z0-9]{1,5}$/, '');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

/** A template with its values, cut so that nothing of `{random}` and `{position}` is lost. */
function filledStem(
  template: string,
  values: Readonly<Record<PlaceholderName, string>>,
  columns: NamedImage['columns'] = {},
  mostBytes: number,
): string {
  const parts = (parseTemplate(template) ?? []).map((part) => {
    if ('text' in part) return { text: part.text.replace(FORBIDDEN_RUN, '-'), isFixed: true };
    if ('column' in part) return { text: namePart(columns[part.column] ?? ''), isFixed: false };
    const { placeholder } = part;
    return { text: namePart(values[placeholder]), isFixed: placeholder === 'position' || placeholder === 'random' };
  });
  const fixed = parts.filter(({ isFixed }) => isFixed).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const loose = parts.filter(({ isFixed }) => !isFixed);
  const room = mostBytes - LONGEST_EXTENSION - fixed;
  const isLong = loose.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) > room;
  const each = Math.max(0, Math.floor(room / Math.max(loose.length, 1)));
  const texts = parts.map(({ text, isFixed }) => (isLong && !isFixed ? cut(text, each) : text));
  // Set apart from letters and digits, so that it is found again in the name.
  const { random } = values;
  return texts.join('').replaceAll(new RegExp(`(?<=[0-9a-z])${random}|${random}(?=[0-9a-z])`, 'g'), setApart);
}

function setApart(random: string, at: number, stem: string): string {
  const isLetter = (character = '') => /[0-9a-z]/.test(character);
  const [before, after] = [stem[at - 1], stem[at + random.length]];
  return (isLetter(before) ? '-' : '') + random + (isLetter(after) ? '-' : '');
}

const LONGEST_EXTENSION = 1 + Math.max(...WRITTEN_FORMATS.map((format) => FORMATS[format].extension.length));

const EXTENSIONS = WRITTEN_FORMATS.map((format) => FORMATS[format].extension).join('|');
const ID = `([${ALPHABET}]{${TAG_LENGTH}})[${ALPHABET}]{${IMAGE_ID_LENGTH}}`;

/** Made of the records of the formats, so that every key of `imageKeys` is one: the storage refuses others. */
const KEY = new RegExp(`^(?:${ID}/)?(${SEGMENT}\\.(${EXTENSIONS}))$`, 'u');
/** `{random}` within a name; the last one, as the words before it may look like it. */
const RANDOM = new RegExp(`^.*(?<![0-9a-z])${ID}(?![0-9a-z])`, 'su');

/** The request's tag and the format in a key, or undefined for a path that `imageKeys` cannot have made. */
export function parseImageKey(key: string): { tag: string; format: WrittenFormat } | undefined {
  const [, folderTag, name = '', extension] = KEY.exec(key) ?? [];
  if (Buffer.byteLength(name) > MOST_BYTES) return undefined;
  const tag = folderTag ?? RANDOM.exec(name)?.[1];
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
