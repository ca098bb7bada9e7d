import { formatTitles } from '../formats.ts';

/** Where on its way an image failed. */
export type Stage = 'address' | 'download' | 'decode' | 'encode' | 'store' | 'request';

export interface FailureKind {
  stage: Stage;
  /** One sentence for the shop owner: what happened. */
  message: string;
  /** One sentence: what to do about it. */
  hint: string;
  /** Whether trying the same image again by itself can help. */
  retry: boolean;
  /** Not the image's fault: it waits so many milliseconds, as often as need be, without using up a try. */
  waitMs?: number;
}

/** Every way in which an image can fail, an entry each. The codes `http_NNN` are derived, see `failureKind`. */
export const FAILURES = {
  invalid_url: {
    stage: 'address',
    message: 'This is not a usable http or https link.',
    hint: 'Correct the link in the CSV and upload the row again.',
    retry: false,
  },
  address_refused: {
    stage: 'address',
    message: 'The link leads to an address that is not on the public internet.',
    hint: 'Put the image where everyone can reach it, or ask the operator to allow the address.',
    retry: false,
  },
  dns_failed: {
    stage: 'download',
    message: 'The host name of the link could not be found.',
    hint: 'Check the spelling of the host name; if it is right, retry the failed images later.',
    retry: true,
  },
  connect_failed: {
    stage: 'download',
    message: 'The image host could not be reached or broke the connection off.',
    hint: 'Check that the host is up, then retry the failed images.',
    retry: true,
  },
  tls_failed: {
    stage: 'download',
    message: 'The secure connection to the image host failed.',
    hint: 'Check the certificate of the host.',
    retry: false,
  },
  timed_out: {
    stage: 'download',
    message: 'The image took too long.',
    hint: 'Check that the host answers quickly, then retry the failed images.',
    retry: true,
  },
  too_many_redirects: {
    stage: 'download',
    message: 'The link is redirected more often than the server follows.',
    hint: 'Open the link in a browser and use the address at which it ends.',
    retry: false,
  },
  bad_response: {
    stage: 'download',
    message: 'The image host sent an answer that breaks the rules of HTTP.',
    hint: 'Check what the host sends for this link, then retry the failed images.',
    retry: true,
  },
  too_large: {
    stage: 'download',
    message: 'The file is larger than the limit.',
    hint: 'Upload a smaller file to the image host, or ask the operator to raise PIXMILL_MAX_IMAGE_BYTES.',
    retry: false,
  },
  not_an_image: {
    stage: 'decode',
    message: 'What the link delivers is not an image.',
    hint: 'Open the link in a private window of a browser: it may lead to a page, a login or an album instead of a picture. Copy the address of the picture itself.',
    retry: false,
  },
  unsupported_format: {
    stage: 'decode',
    message: 'The image is in a format that is not supported.',
    hint: `Use ${formatTitles('or')}.`,
    retry: false,
  },
  too_many_pixels: {
    stage: 'decode',
    message: 'The image has more pixels or frames than the limit.',
    hint: 'Use a smaller image, or ask the operator to raise PIXMILL_MAX_PIXELS or PIXMILL_MAX_FRAMES.',
    retry: false,
  },
  corrupt_image: {
    stage: 'decode',
    message: 'The image file is damaged or cut off.',
    hint: 'Save the image again and upload it to the image host.',
    retry: false,
  },
  decoder_crashed: {
    stage: 'decode',
    message: 'The image made the decoder stop.',
    hint: 'Save the image again with another program.',
    retry: true,
  },
  storage_failed: {
    stage: 'store',
    message: 'The compressed image could not be stored.',
    hint: 'Retry the failed images; tell the operator if it happens again.',
    retry: true,
    waitMs: 5_000,
  },
  cancelled: {
    stage: 'request',
    message: 'The request was cancelled before this image was done.',
    hint: 'Retry the failed images if you want them after all.',
    retry: false,
  },
  internal_error: {
    stage: 'request',
    message: 'Something went wrong on our side.',
    hint: 'Retry the failed images; tell the operator if it happens again.',
    retry: true,
  },
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof FAILURES | `http_${number}`;

/** HTTP statuses that say "later" rather than "no" (RFC 9110 section 15, RFC 6585 section 4). */
const RETRIED_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);

const HTTP_HINTS: Record<number, string> = {
  400: 'The host cannot read the link. Copy it anew from a browser, and correct it in the CSV.',
  401: 'The image needs a login. Put it where everyone can see it, or ask the operator to give Pixmill a login for the host.',
  403: 'The host refuses to hand the image out. Ask its owner to admit the agent that the message names, or use another link; links that expire must be renewed.',
  404: 'There is no file behind the link. Correct the link in the CSV.',
  406: 'The host refuses the program, not the link. Ask its owner to admit the agent that the message names.',
  410: 'The file was removed. Correct the link in the CSV.',
  429: 'The host asks for fewer requests. Retry the failed images later.',
};

/** What a code means. `http_NNN` is built from the status; 5xx, 408, 425 and 429 are worth a retry. */
export function failureKind(code: FailureCode): FailureKind {
  if (code in FAILURES) return FAILURES[code as keyof typeof FAILURES];
  const status = Number(code.slice('http_'.length));
  return {
    stage: 'download',
    message: `The image host answered with status ${status}.`,
    hint:
      HTTP_HINTS[status] ??
      (status >= 500
        ? 'The host has a problem. Retry the failed images later.'
        : 'Open the link in a browser to see what the host says.'),
    retry: RETRIED_STATUSES.has(status),
  };
}
