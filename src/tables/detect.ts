import { encodesAll } from './encode-text.ts';
import { GUESSED_BYTES, guessEncoding } from './guess-encoding.ts';
import { emptyFile, notCsv, refuseBinary, refuseOtherFiles } from './other-files.ts';
import { RECORD_BYTES } from './row-too-long.ts';
import { countLines, Utf8Count } from './utf8-count.ts';

type Open = () => AsyncIterable<Uint8Array>;

/** What the bytes of a file are, before anything is read from them. */
export interface Survey {
  /** A WHATWG label. */
  encoding: string;
  /** Whether it begins with a byte order mark. */
  bom: boolean;
  /** The encoding is a guess: how sure it is, in per cent, and a text by which a person can check it. */
  guess?: { sure: number; sample: string; line: number };
  /** Bytes of a UTF-8 file that are none. */
  badBytes?: { count: number; line: number };
  /** The result cannot be written in the encoding of the upload. */
  resultEncoding?: 'utf-8';
  /** The beginning of the text, without the mark. */
  head: string;
  /** Whether that is all. */
  whole: boolean;
}

/** Enough for the longest row and some that follow. */
const HEAD_BYTES = RECORD_BYTES + 200_000;

const MARKS: { encoding: string; bytes: number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/**
 * Reads a file once from end to end, since a single byte far down decides whether it is UTF-8. About 1 GB a second.
 * @param open opens the bytes from the start; a file in an encoding of before Unicode is read twice
 * @param named the encoding that the client says it is in; a byte order mark counts more
 * @throws Problem `empty_file`, `not_csv`
 */
export async function surveyFile(open: Open, named?: string): Promise<Survey> {
  const { head, utf16, mark, utf8, oldLetters } = await look(open());
  const wide = mark?.encoding ?? (named === undefined ? utf16 : isWide(named) ? named : undefined);
  const survey: Survey = { encoding: wide ?? named ?? 'utf-8', bom: mark !== undefined, head: '', whole: head.whole };
  if (survey.encoding === 'utf-8') {
    if (utf8.isUtf8 || named !== undefined || mark !== undefined) {
      if (utf8.badBytes > 0) survey.badBytes = { count: utf8.badBytes, line: utf8.badLine };
    } else {
      const { encoding, sure } = await guessEncoding(oldLetters.bytes);
      const [sample = ''] = new TextDecoder(encoding).decode(oldLetters.bytes.subarray(0, 200)).split('\n');
      Object.assign(survey, { encoding, guess: { sure, sample, line: oldLetters.line } });
    }
  }
  const { encoding } = survey;
  if (!isWide(encoding) && utf8.nulLine > 0) throw notCsv(utf8.nulLine, 'It holds NUL bytes.');
  if (encoding !== 'utf-8' && !isWide(encoding) && !(await encodesAll(open(), encoding)))
    survey.resultEncoding = 'utf-8';
  // stream: true leaves out a character that the end of the head cuts in two.
  survey.head = new TextDecoder(encoding).decode(head.bytes, { stream: !head.whole });
  if (survey.head.includes('\0')) throw notCsv(1, 'It holds NUL characters.');
  if (survey.head.trim() === '') throw emptyFile();
  return survey;
}

async function look(bytes: AsyncIterable<Uint8Array>) {
  const pieces: Buffer[] = [];
  let size = 0;
  const utf8 = Object.assign(new Utf8Count(), { nulLine: 0 });
  const oldLetters = new OldLetters();
  for await (const piece of bytes) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (size < HEAD_BYTES) pieces.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - size)));
    size += chunk.length;
    const { badBytes, line } = utf8;
    utf8.add(chunk);
    if (utf8.badBytes > badBytes) oldLetters.add(chunk, line);
    const nul = utf8.nulLine === 0 ? chunk.indexOf(0) : -1;
    if (nul !== -1) utf8.nulLine = line + countLines(chunk.subarray(0, nul));
  }
  const bad = utf8.badBytes;
  utf8.end();
  const head = Buffer.concat(pieces);
  if (utf8.badBytes > bad) oldLetters.add(head.subarray(-1_000), utf8.line);
  if (head.length === 0) throw emptyFile();
  refuseOtherFiles(head);
  const mark = MARKS.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  const utf16 = mark ? undefined : wideWithoutMark(head);
  if (!mark && utf16 === undefined) refuseBinary(head);
  return { head: { bytes: head, whole: size <= HEAD_BYTES }, mark, utf16, utf8, oldLetters };
}

function isWide(encoding: string): boolean {
  return encoding.startsWith('utf-16');
}

/**
 * UTF-16 without its mark shows in the zero bytes of its delimiters, digits and Latin letters, which stand at one side of
 * each pair; on the other one they are rare.
 */
function wideWithoutMark(head: Buffer): string | undefined {
  const zeros = [0, 0];
  const length = Math.min(head.length, 4_096) & ~1;
  for (let i = 0; i < length; i++) if (head[i] === 0) zeros[i & 1] = (zeros[i & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > length / 8 && odd >= 8 * even) return 'utf-16le';
  if (even > length / 8 && even >= 8 * odd) return 'utf-16be';
  return undefined;
}

/** The cells of a file that hold letters beyond ASCII: only these tell its encoding. */
class OldLetters {
  line = 0;
  #parts: Buffer[] = [];
  #size = 0;

  /** @param line on which the chunk begins */
  add(chunk: Buffer, line: number): void {
    let start = 0;
    let breaks = 0;
    let letters = false;
    for (let at = 0; at <= chunk.length && this.#size < GUESSED_BYTES; at++) {
      const byte = chunk[at] ?? 0x0a;
      if (byte >= 0x80) letters = true;
      // No second byte of a character is any of these.
      if (byte !== 0x0a && byte !== 0x0d && byte !== 0x2c && byte !== 0x3b && byte !== 0x09 && byte !== 0x22) continue;
      if (letters) {
        if (this.#size === 0) this.line = line + breaks;
        const part = Buffer.from(chunk.subarray(start, Math.min(at, start + 1_000)));
        this.#parts.push(part, Buffer.from('\n'));
        this.#size += part.length + 1;
      }
      if (byte === 0x0a) breaks++;
      start = at + 1;
      letters = false;
    }
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
