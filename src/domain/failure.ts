import { type FailureCode, failureKind, type Stage } from './catalogues/failures.ts';

/**
 * Why an image did not make it. Thrown by the steps of `process-image`, stored with the image, shown to the user.
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
    this.retryAfterMs = details.retryAfterMs;
    this.countsAsTry = details.countsAsTry ?? true;
  }
}
