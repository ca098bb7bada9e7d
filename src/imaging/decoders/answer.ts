import { FAILURES, type FailureCode } from '../../domain/catalogues/failures.ts';
import { FOUND_FORMAT } from '../../domain/catalogues/found-formats.ts';
import { isNoteCode, type Note } from '../../domain/catalogues/notes.ts';
import { ImageFailure } from '../../domain/failure.ts';
import { IMAGE_FORMATS, WRITTEN_FORMATS } from '../../domain/formats.ts';
import type { ImageOutcome, ImageResult } from '../../domain/image.ts';

/** What a decoder process answers for one image. */
export type DecoderAnswer = { result: ImageResult } | { failure: DecoderFailure };

export interface DecoderFailure {
  code: FailureCode;
  cause: string;
  /** What the file is instead: a word of `found-formats`. */
  found?: string | undefined;
}

const OUTCOMES: readonly ImageOutcome[] = ['compressed', 'kept_original'];
const COUNTS = ['widthIn', 'heightIn', 'width', 'height', 'bytesIn', 'bytesOut'] as const;
/** Longest cause that goes to the log. */
export const CAUSE_CHARACTERS = 1_000;
/** Notes that are believed of one picture, values of one note, and letters of one value. */
const MOST_NOTES = 50;
const MOST_VALUES = 10;
const VALUE_CHARACTERS = 300;

/**
 * Checks an answer as hostile input, since a file may have taken over the process that sends it. Only the members that a
 * decoder may set come through: a `key` among them would be stored as that of the image.
 * @param mostBytes the largest result that is believed
 * @throws ImageFailure `decoder_crashed` for everything else
 */
export function readAnswer(answer: unknown, mostBytes: number): DecoderAnswer {
  const { result, failure } = Object(answer);
  if (failure) {
    const { code, cause, found } = failure;
    if (isFailureCode(code)) {
      const word = typeof found === 'string' && FOUND_FORMAT.test(found) ? found : undefined;
      return { failure: { code, cause: String(cause).slice(0, CAUSE_CHARACTERS), found: word } };
    }
  } else if (result && isResult(result) && result.bytesOut <= mostBytes) {
    const { outcome, formatIn, formatOut, widthIn, heightIn, width, height, bytesIn, bytesOut } = result;
    const notes = notesOf(result.notes);
    return { result: { outcome, formatIn, formatOut, widthIn, heightIn, width, height, bytesIn, bytesOut, notes } };
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

/** Their sentences are made by the main process, so that a decoder cannot put words into a page. */
function notesOf(notes: unknown): Note[] {
  if (!Array.isArray(notes)) return [];
  return notes.slice(0, MOST_NOTES).flatMap((each): Note[] => {
    const { code, values } = Object(each);
    if (!isNoteCode(code)) return [];
    return [values === undefined ? { code } : { code, values: plainValues(values) }];
  });
}

function plainValues(values: unknown): object {
  const plain = Object.entries(Object(values)).filter(
    ([, value]) => Number.isFinite(value) || (typeof value === 'string' && value.length <= VALUE_CHARACTERS),
  );
  return Object.fromEntries(plain.slice(0, MOST_VALUES));
}
