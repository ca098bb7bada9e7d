import { Parser } from 'htmlparser2';

/** What a web page is that came where a picture was meant. */
export type PageKind = 'login' | 'challenge' | 'hotlink' | 'album' | 'viewer' | 'data' | 'page';

export interface WebPage {
  kind: PageKind;
  /** Where it leads to the picture, as it is written in the page; undefined where nothing says so. */
  next: string | undefined;
}

/** Seconds after which a page that leads on by itself still counts as one in between. */
const LONGEST_REFRESH_SECONDS = 10;

const CHALLENGE =
  /challenge-platform|cf-chl-|_Incapsula_Resource|ddos-guard|awswaf|px-captcha|datadome|captcha|<title>\s*(just a moment|attention required|are you a human)/i;
const HOTLINK = /hot-?link/i;
/** Pages of OneDrive and SharePoint that show a file. */
const VIEWER = /g_fileInfo|OneDrive/;

/** The pictures of Google Photos, without their size; several of them are an album. */
const GOOGLE_PHOTO = /https:\/\/lh3\.googleusercontent\.com\/pw\/[\w-]+/g;

/** What of a page's tags tells what it is. */
interface Tags {
  asksForPassword: boolean;
  refresh: string | undefined;
  image: string | undefined;
  /** Address and hidden fields of the form with which Google Drive asks whether to download a file all the same. */
  confirmation: { action: string; fields: URLSearchParams } | undefined;
  /** The same as a link, on older pages. */
  confirmationLink: string | undefined;
}

/**
 * Reads a page: what it is, and whether a browser would be led on from it to the picture.
 * @param html its beginning
 */
export function readWebPage(html: string, url: URL): WebPage {
  const tags = readTags(html);
  if (url.hostname === 'photos.google.com') return googlePhotos(html, tags);
  const next = tags.confirmation
    ? `${tags.confirmation.action.replace(/\?.*$/, '')}?${tags.confirmation.fields}`
    : (tags.confirmationLink ?? tags.refresh);
  const kind = kindOf(html, tags);
  return { kind, next: kind === 'login' ? undefined : next };
}

function kindOf(html: string, tags: Tags): PageKind {
  if (/^\s*[{[]/.test(html)) return 'data';
  if (tags.asksForPassword) return 'login';
  if (CHALLENGE.test(html)) return 'challenge';
  if (HOTLINK.test(html)) return 'hotlink';
  if (VIEWER.test(html) || tags.image) return 'viewer';
  return 'page';
}

/** The page of one shared photo names it, cut to a small size; `=s0` asks for it as it was uploaded. */
function googlePhotos(html: string, { image }: Tags): WebPage {
  const photos = new Set(html.match(GOOGLE_PHOTO));
  if (photos.size > 1) return { kind: 'album', next: undefined };
  const [photo = image?.match(GOOGLE_PHOTO)?.[0]] = photos;
  return { kind: 'viewer', next: photo === undefined ? undefined : `${photo}=s0` };
}

function readTags(html: string): Tags {
  const tags: Tags = {
    asksForPassword: false,
    refresh: undefined,
    image: undefined,
    confirmation: undefined,
    confirmationLink: undefined,
  };
  let inConfirmation = false;
  const parser = new Parser({
    onopentag(name, { id, type, action, href, property, content = '', ...attributes }) {
      if (name === 'meta') {
        if (attributes['http-equiv']?.toLowerCase() === 'refresh') tags.refresh ??= refreshOf(content);
        if (property === 'og:image') tags.image ??= content;
      } else if (name === 'form') {
        inConfirmation = /^download-?form$/i.test(id ?? '') && attributes.method?.toLowerCase() !== 'post';
        if (inConfirmation) tags.confirmation = { action: action ?? '', fields: new URLSearchParams() };
      } else if (name === 'input') {
        if (type?.toLowerCase() === 'password') tags.asksForPassword = true;
        if (inConfirmation && attributes.name)
          tags.confirmation?.fields.append(attributes.name, attributes.value ?? '');
      } else if (name === 'a' && id === 'uc-download-link') tags.confirmationLink ??= href;
    },
    onclosetag(name) {
      if (name === 'form') inConfirmation = false;
    },
  });
  parser.end(html);
  return tags;
}

/** The address in `5; url=…` (HTML section 4.2.5.3), where it does not take long. */
function refreshOf(content: string): string | undefined {
  const [, seconds, quoted] = /^\s*(\d{1,4})(?:\.\d*)?\s*[;,\s]\s*(?:url\s*=\s*)?(.+)$/i.exec(content) ?? [];
  if (quoted === undefined || Number(seconds) > LONGEST_REFRESH_SECONDS) return undefined;
  return quoted.trim().replace(/^(['"])(.*)\1$/, '$2');
}
