import { isUtf8 } from 'node:buffer';
import type { Problem } from '../domain/problem.ts';
import { fileProblem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';

/** What the bytes of a file are, before anything is read from them. */
export interface Survey {
  encoding: CsvLayout['encoding'];
  bom: boolean;
  /** The beginning of the text, without the mark. */
  head: string;
}

/** Enough for any header. */
const HEAD_BYTES = 65_536;

const MARKS: { encoding: CsvLayout['encoding']; bytes: number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/** How files begin that people rename to .csv. */
const OTHER_FILES: { start: string; name: string; advice?: string }[] = [
  {
    start: 'PK\x03\x04',
    name: 'an Excel workbook or a ZIP file',
    advice: 'Give it the name that it had, in .xlsx or .zip, or save the sheet as CSV.',
  },
  {
    start: '\xd0\xcf\x11\xe0',
    name: 'an old Excel workbook',
    advice: 'Save it as .xlsx or as CSV and upload that.',
  },
  { start: '%PDF', name: 'a PDF' },
  { start: '\x89PNG', name: 'a picture' },
  { start: '\xff\xd8\xff', name: 'a picture' },
  { start: 'GIF8', name: 'a picture' },
  { start: '\x1f\x8b', name: 'a compressed file' },
  { start: '{\\rtf', name: 'a text document' },
];

/**
 * Reads a file once from end to end, since a single byte far down decides whether it is UTF-8. About 1 GB a second.
 * @throws Problem `empty_file`, `not_csv`
 */
export async function surveyFile(bytes: AsyncIterable<Uint8Array>): Promise<Survey> {
  let head: Buffer = Buffer.alloc(0);
  let encoding: CsvLayout['encoding'] | undefined;
  let bom = false;
  let line = 1;
  let carried: Buffer = Buffer.alloc(0);
  const check = (chunk: Buffer) => {
    if (encoding !== 'utf-8' && encoding !== 'windows-1252') return;
    const nul = chunk.indexOf(0);
    if (nul !== -1) throw notCsv(line + count(chunk.subarray(0, nul), 0x0a), 'It holds NUL bytes.');
    line += count(chunk, 0x0a);
    if (encoding === 'windows-1252') return;
    const text = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk;
    const whole = text.length - cutTail(text);
    if (isUtf8(text.subarray(0, whole))) carried = text.subarray(whole);
    else encoding = 'windows-1252';
  };
  const decide = () => {
    if (head.length === 0) throw emptyFile();
    refuseOtherFiles(head);
    const mark = MARKS.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
    bom = mark !== undefined;
    encoding = mark?.encoding ?? withoutMark(head);
    check(head);
  };
  for await (const piece of bytes) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (encoding !== undefined) check(chunk);
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length >= HEAD_BYTES) decide();
    }
  }
  if (encoding === undefined) decide();
  if (encoding === 'utf-8' && carried.length > 0) encoding = 'windows-1252';
  const known = encoding ?? 'utf-8';
  // stream: true leaves out a character that the end of the head cuts in two.
  const text = new TextDecoder(known).decode(head.subarray(0, HEAD_BYTES), { stream: true });
  if (text.includes('\0')) throw notCsv(1, 'It holds NUL characters.');
  if (text.trim() === '') throw emptyFile();
  return { encoding: known, bom, head: text };
}

function refuseOtherFiles(head: Buffer): void {
  const start = head.toString('latin1', 0, 1024);
  const other = OTHER_FILES.find((file) => start.startsWith(file.start));
  if (other) throw notCsv(1, `It is ${other.name}. ${other.advice ?? 'Save the sheet as CSV and upload that.'}`);
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) throw notCsv(1, 'It is a web page or XML. Upload the sheet as CSV.');
}

/** UTF-16 without its mark shows in the zero bytes of Latin letters: high bytes are zero, low ones are not. */
function withoutMark(head: Buffer): CsvLayout['encoding'] {
  const zeros = [0, 0];
  const length = Math.min(head.length, 1024) & ~1;
  for (let i = 0; i < length; i++) if (head[i] === 0) zeros[i & 1] = (zeros[i & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > length / 4 && even === 0) return 'utf-16le';
  if (even > length / 4 && odd === 0) return 'utf-16be';
  const controls = head
    .subarray(0, 4096)
    .filter((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  // NUL bytes are refused with their line, see above.
  if (!controls.includes(0) && controls.length > head.subarray(0, 4096).length / 10) {
    throw notCsv(1, 'It is not a text file.');
  }
  return 'utf-8';
}

/** How many bytes at the end begin a UTF-8 character that is not complete. */
function cutTail(text: Buffer): number {
  for (let back = 1; back <= Math.min(3, text.length); back++) {
    const byte = text[text.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function count(bytes: Buffer, wanted: number): number {
  let found = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) found++;
  return found;
}

export function emptyFile(): Problem {
  return fileProblem('empty_file', {});
}

export function notCsv(line: number, why: string, cause?: unknown): Problem {
  return fileProblem('not_csv', { line, cause }, { why: `The file is not a CSV. ${why}` });
}
