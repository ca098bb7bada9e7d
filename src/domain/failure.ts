import { type FailureCode, failureKind, type Stage } from './catalogues/failures.ts';

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
    } = {},
  ) {
    const kind = failureKind(code);
    super(details.message ?? kind.message, { cause: details.cause });
    this.name = 'ImageFailure';
    this.code = code;
    this.stage = details.stage ?? kind.stage;
    this.retry = details.retry ?? kind.retry;
    this.retryAfterMs = details.retryAfterMs ?? kind.waitMs;
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
