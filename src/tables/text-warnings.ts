import type { CsvIssue } from '../domain/problem.ts';
import type { Survey } from './detect.ts';
import type { RecordReader } from './record-reader.ts';

/** What is to be said of the bytes of a file. */
export function encodingWarnings({ encoding, guess, badBytes, resultEncoding }: Survey): CsvIssue[] {
  const warning = (line: number, code: string, message: string): CsvIssue => ({ line, column: null, code, message });
  const warnings: CsvIssue[] = [];
  if (guess) {
    const name = NAMES[encoding] ?? encoding;
    const sample = guess.sample
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, 60);
    const message = `The file is not UTF-8 and was read as ${name}, a guess that is ${guess.sure} % sure. Line ${guess.line} then reads "${sample}". If that is wrong, name the encoding in the field "encoding".`;
    warnings.push(warning(guess.line, 'not_utf8', message));
  }
  if (badBytes) {
    const what = badBytes.count === 1 ? '1 byte is' : `${badBytes.count} bytes are`;
    const message = `The file is UTF-8, but ${what} not (the first on line ${badBytes.line}) and became "\ufffd". Correct the cell, or name the encoding of the file in the field "encoding".`;
    warnings.push(warning(badBytes.line, 'bad_bytes', message));
  }
  if (resultEncoding) {
    const message = `The result comes as UTF-8 with a byte order mark: not everything in the file can be written in ${NAMES[encoding] ?? encoding}.`;
    warnings.push(warning(1, 'result_in_utf8', message));
  }
  return warnings;
}

const NAMES: Record<string, string> = {
  'windows-1250': 'Windows-1250',
  'windows-1251': 'Windows-1251',
  'windows-1252': 'Windows-1252',
  'windows-1253': 'Windows-1253',
  'windows-1254': 'Windows-1254',
  shift_jis: 'Shift_JIS',
  gbk: 'GBK',
  big5: 'Big5',
  'euc-kr': 'EUC-KR',
  'euc-jp': 'EUC-JP',
};

/** What is to be said of quotes that open a cell and were read as letters, in a table of tabs. */
export function strayQuotesWarning({ strayQuotes, strayQuoteCount }: RecordReader): CsvIssue[] {
  const [line] = strayQuotes;
  if (line === undefined) return [];
  const where = strayQuotes.length > 1 ? `lines ${strayQuotes.join(', ')}` : `line ${line}`;
  const more = strayQuoteCount > strayQuotes.length ? ` and ${strayQuoteCount - strayQuotes.length} more` : '';
  const message = `A quote opens a cell on ${where}${more} and does not close it; it was read as a part of the text. Remove it, or write "" for it inside quotes, if that is not meant.`;
  return [{ line, column: null, code: 'stray_quote', message }];
}
