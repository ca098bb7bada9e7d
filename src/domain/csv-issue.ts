import { type IssueValues, TABLE_ISSUES, type TableIssueCode } from './catalogues/table-issues.ts';

/** One thing that is wrong in a table: where it stands and what it is. Lines count from 1, the header included. */
export interface CsvIssue {
  line: number;
  /** The column's name in the header, or null where the whole line is meant. */
  column: string | null;
  code: TableIssueCode;
  message: string;
  /** What `message` is made with; absent where it is made with nothing. */
  values?: object;
}

/** How many issues of a table an answer lists; the rest is only counted. */
export const LISTED_ISSUES = 100;

/** Where an issue stands. */
export interface IssuePlace {
  /** 1, the header, where left out. */
  line?: number;
  column?: string | null;
}

/** Values are asked for where the sentence of the code has any. */
export type WithValues<Code extends TableIssueCode> = [keyof IssueValues<Code>] extends [never]
  ? [values?: undefined]
  : [values: IssueValues<Code>];

/**
 * An issue with its sentence.
 * @example csvIssue('too_many_urls', { line: 7, column: 'Image Urls' }, { urls: 60, limit: 50 })
 */
export function csvIssue<Code extends TableIssueCode>(
  code: Code,
  { line = 1, column = null }: IssuePlace,
  ...[values]: WithValues<Code>
): CsvIssue {
  const message = sentenceOf(code, values);
  return values === undefined ? { line, column, code, message } : { line, column, code, message, values };
}

/** An issue as answers show it; its texts keep no cell in memory that they were cut out of, a megabyte maybe. */
export function shownIssue({ line, column, code, message }: CsvIssue): CsvIssue {
  return structuredClone({ line, column, code, message });
}

/** An issue as it is stored: without its line, which its row has, and with values in the place of the sentence. */
export type StoredIssue = [code: TableIssueCode, column: string | null, values?: object];

/** @example storedIssue(issue) // ["missing_images","Image Urls"], a third of the issue */
export function storedIssue({ code, column, values }: CsvIssue): StoredIssue {
  return values === undefined ? [code, column] : [code, column, values];
}

/** @param stored also as releases up to 0.1 stored it: the whole issue, sentence included */
export function issueFromStored(line: number, stored: StoredIssue | CsvIssue): CsvIssue {
  if (!Array.isArray(stored)) return stored;
  const [code, column, values] = stored;
  return { line, column, code, message: sentenceOf(code, values) };
}

function sentenceOf(code: TableIssueCode, values: object | undefined): string {
  // One signature for all codes: which values belong to which is checked where an issue is made.
  const { sentence } = TABLE_ISSUES[code] as { sentence(values: object): string };
  return sentence(values ?? {});
}
