import { fileProblem, type Problem } from '../domain/problem.ts';

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

/** @throws Problem `not_csv` where the bytes are known to be something else */
export function refuseOtherFiles(head: Buffer): void {
  const start = head.toString('latin1', 0, 1024);
  const other = OTHER_FILES.find((file) => start.startsWith(file.start));
  if (other) throw notCsv(1, `It is ${other.name}. ${other.advice ?? 'Save the sheet as CSV and upload that.'}`);
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) throw notCsv(1, 'It is a web page or XML. Upload the sheet as CSV.');
}

/** @throws Problem `not_csv` where a tenth of the bytes is no text in any encoding that a table comes in */
export function refuseBinary(head: Buffer): void {
  const start = head.subarray(0, 4096);
  const controls = start.filter((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  // NUL bytes are refused with their line, where they are read.
  if (!controls.includes(0) && controls.length > start.length / 10) throw notCsv(1, 'It is not a text file.');
}

export function emptyFile(): Problem {
  return fileProblem('empty_file', {});
}

export function notCsv(line: number, why: string, cause?: unknown): Problem {
  return fileProblem('not_csv', { line, cause }, { why: `The file is not a CSV. ${why}` });
}
