import { type FailureCode, failureKind, type Stage } from './catalogues/failures.ts';
import { foundFormat } from './catalogues/found-formats.ts';

/**
 * Why an image did not make it. Thrown by the stages of the pipeline, stored with the image, shown to the user.
 * `message` is fit for the user; `cause` keeps the technical error for the log.
 */
export class ImageFailure extends Error {
  readonly code: FailureCode;
  readonly stage: Stage;
  readonly retry: boolean;
  /** Milliseconds to wait before the next try, where the host named a time. */
  readonly retryAfterMs: number | undefined;
  /** What the file is instead of a picture that is taken: a word of `catalogues/found-formats.ts`. */
  readonly found: string | undefined;
  /** False where nothing was tried, only put off: such a wait uses up none of the image's tries. */
  readonly countsAsTry: boolean;

  constructor(
    code: FailureCode,
    details: {
      cause?: unknown;
      stage?: Stage;
      /** More than the catalogue's sentence, still fit for the user. */
      message?: string;
      retry?: boolean;
      retryAfterMs?: number;
      countsAsTry?: boolean;
      found?: string | undefined;
    } = {},
  ) {
    const kind = failureKind(code);
    super(details.message ?? kind.message, { cause: details.cause });
    this.name = 'ImageFailure';
    this.code = code;
    this.stage = details.stage ?? kind.stage;
    this.retry = details.retry ?? kind.retry;
    this.retryAfterMs = details.retryAfterMs ?? kind.waitMs;
    this.found = details.found;
    this.countsAsTry = details.countsAsTry ?? kind.waitMs === undefined;
  }
}

/** @param limit redirects that are followed, at least 1 */
export function tooManyRedirects(limit: number): ImageFailure {
  const times = limit === 1 ? 'once' : `${limit} times`;
  return new ImageFailure('too_many_redirects', { message: `The link is redirected more than ${times}.` });
}

/** @param limits over all frames of an animation */
export function tooManyPixels(limits: { pixels: number; frames: number }): ImageFailure {
  const megapixels = limits.pixels / 1_000_000;
  const message = `The image has more than ${megapixels} megapixels, all frames together, or more than ${limits.frames} frames.`;
  return new ImageFailure('too_many_pixels', { message });
}

/**
 * A file that is whole, and not what is taken.
 * @param found what it is: a word of `catalogues/found-formats.ts`
 */
export function notTaken(
  code: 'unsupported_format' | 'not_an_image',
  found: string,
  details: { cause?: unknown } = {},
): ImageFailure {
  const what = foundFormat(found);
  const message =
    code === 'unsupported_format'
      ? `The file is ${what}, and that format is not supported.`
      : `The link delivers ${what} instead of an image.`;
  return new ImageFailure(code, { ...details, message, found });
}
