import { type CsvIssue, csvIssue } from '../domain/csv-issue.ts';
import type { Survey } from './detect.ts';
import type { RecordReader } from './record-reader.ts';

/** What is to be said of the bytes of a file. */
export function encodingWarnings({ encoding, guess, badBytes, resultEncoding }: Survey): CsvIssue[] {
  const name = NAMES[encoding] ?? encoding;
  const warnings: CsvIssue[] = [];
  if (guess) {
    const { line, sure } = guess;
    const sample = guess.sample
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, 60);
    warnings.push(csvIssue('not_utf8', { line }, { encoding: name, sure, line, sample }));
  }
  if (badBytes) warnings.push(csvIssue('bad_bytes', { line: badBytes.line }, badBytes));
  if (resultEncoding) warnings.push(csvIssue('result_in_utf8', {}, { encoding: name }));
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
  return [csvIssue('stray_quote', { line }, { lines: strayQuotes.map(String), count: strayQuoteCount })];
}
