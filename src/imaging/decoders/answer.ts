import { FAILURES, type FailureCode } from '../../domain/catalogues/failures.ts';
import { ImageFailure } from '../../domain/failure.ts';
import { IMAGE_FORMATS, WRITTEN_FORMATS } from '../../domain/formats.ts';
import type { ImageOutcome, ImageResult } from '../../domain/image.ts';

/** What a decoder process answers for one image. */
export type DecoderAnswer = { results: ImageResult[] } | { failure: { code: FailureCode; cause: string } };

const OUTCOMES: readonly ImageOutcome[] = ['compressed', 'kept_original'];
const COUNTS = ['widthIn', 'heightIn', 'width', 'height', 'bytesIn', 'bytesOut'] as const;
const COLOUR = /^#[0-9a-f]{6}$/;
/** Base64 of 5 to 25 bytes. */
const THUMBHASH = /^[A-Za-z0-9+/]{6,34}={0,2}$/;
/** Longest cause that goes to the log. */
const CAUSE_CHARACTERS = 1_000;

/**
 * Checks an answer as hostile input, since a file may have taken over the process that sends it. Only the members that a
 * decoder may set come through: a `key` among them would be stored as that of the image.
 * @param mostBytes the largest result that is believed
 * @param pictures how many results there must be
 * @throws ImageFailure `decoder_crashed` for everything else
 */
export function readAnswer(answer: unknown, mostBytes: number, pictures: number): DecoderAnswer {
  const { results, failure } = Object(answer);
  if (failure) {
    const { code, cause } = failure;
    if (isFailureCode(code)) return { failure: { code, cause: String(cause).slice(0, CAUSE_CHARACTERS) } };
  } else if (Array.isArray(results) && results.length === pictures) {
    const isBelieved = (result: unknown) => isResult(Object(result)) && Object(result).bytesOut <= mostBytes;
    if (results.every(isBelieved)) return { results: results.map(knownMembers) };
  }
  throw new ImageFailure('decoder_crashed', { cause: new Error('this is not an answer of a decoder') });
}

function knownMembers(result: ImageResult): ImageResult {
  const { outcome, formatIn, formatOut, widthIn, heightIn, width, height, bytesIn, bytesOut } = result;
  const { colour, thumbhash } = Object(result.placeholder);
  const known = { outcome, formatIn, formatOut, widthIn, heightIn, width, height, bytesIn, bytesOut };
  const isPlaceholder = COLOUR.test(colour) && THUMBHASH.test(thumbhash);
  return isPlaceholder ? { ...known, placeholder: { colour, thumbhash } } : known;
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
