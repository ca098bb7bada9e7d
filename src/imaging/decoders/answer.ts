import { FAILURES, type FailureCode } from '../../domain/catalogues/failures.ts';
import { ImageFailure } from '../../domain/failure.ts';
import { IMAGE_FORMATS, WRITTEN_FORMATS } from '../../domain/formats.ts';
import type { ImageOutcome, ImageResult } from '../../domain/image.ts';

/** What a decoder process answers for one image. */
export type DecoderAnswer = { result: ImageResult } | { failure: { code: FailureCode; cause: string } };

const OUTCOMES: readonly ImageOutcome[] = ['compressed', 'kept_original'];
const COUNTS = ['widthIn', 'heightIn', 'width', 'height', 'bytesIn', 'bytesOut'] as const;
/** Longest cause that goes to the log. */
export const CAUSE_CHARACTERS = 1_000;

/**
 * Checks an answer as hostile input, since a file may have taken over the process that sends it. Only the members that a
 * decoder may set come through: a `key` among them would be stored as that of the image.
 * @param mostBytes the largest result that is believed
 * @throws ImageFailure `decoder_crashed` for everything else
 */
export function readAnswer(answer: unknown, mostBytes: number): DecoderAnswer {
  const { result, failure } = Object(answer);
  if (failure) {
    const { code, cause } = failure;
    if (isFailureCode(code)) return { failure: { code, cause: String(cause).slice(0, CAUSE_CHARACTERS) } };
  } else if (result && isResult(result) && result.bytesOut <= mostBytes) {
    const { outcome, formatIn, formatOut, widthIn, heightIn, width, height, bytesIn, bytesOut } = result;
    return { result: { outcome, formatIn, formatOut, widthIn, heightIn, width, height, bytesIn, bytesOut } };
  }
  throw new ImageFailure('decoder_crashed', { cause: new Error('this is not an answer of a decoder') });
}

function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(FAILURES, code);
}

function isResult(result: ImageResult): boolean {
  const { outcome, formatIn, formatOut } = result;
  return (
    OUTCOMES.includes(outcome) &&
    IMAGE_FORMATS.includes(formatIn) &&
    WRITTEN_FORMATS.includes(formatOut) &&
    COUNTS.every((name) => Number.isSafeInteger(result[name]) && result[name] > 0)
  );
}
