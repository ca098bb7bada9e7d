/** `error`: refuses the row or the file. `warning`: read, but look at it. `notice`: read as it was meant, nothing to correct. */
type Severity = 'error' | 'warning' | 'notice';

type Value = string | number | boolean | string[];

interface TableIssueKind<Values extends Record<string, Value>> {
  severity: Severity;
  /** For docs/errors.md: what it means, without the values of one case. */
  meaning: string;
  /** One sentence or two for the user: what is wrong, and what to do. */
  sentence(values: Values): string;
}

const kind = <Values extends Record<string, Value> = Record<never, never>>(
  severity: Severity,
  meaning: string,
  sentence: (values: Values) => string,
): TableIssueKind<Values> => ({ severity, meaning, sentence });

/** Everything that an answer can say about a table, its rows, or the form that it came in; an entry each. */
export const TABLE_ISSUES = {
  // The file as a whole. The same code is that of the refusal.
  empty_file: kind('error', 'The file is empty.', () => 'The file is empty.'),
  not_csv: kind<{ why: string }>('error', 'The file is no CSV and no workbook.', ({ why }) => why),
  missing_columns: kind<{ found: string[]; others: number }>(
    'error',
    'The header has no column for image links.',
    ({ found, others }) =>
      `The header has no column for image links. Found: ${found.map(quoted).join(', ')}${others > 0 ? ` and ${others} more` : ''}. ` +
      'Call the column with the links "Image Urls", and upload the file again.',
  ),
  duplicate_columns: kind<{ name: string; first: number; second: number; taken: boolean }>(
    'warning',
    'A column is there twice. Refuses the file where it is a column of image links; else the first one is taken.',
    ({ name, first, second, taken }) =>
      `The column "${name}" is there twice (columns ${first} and ${second})` +
      (taken
        ? ', and the first one was taken. Rename or remove the one that is not meant.'
        : '. Rename or remove one.'),
  ),
  no_rows: kind<{ rows: number }>('error', 'No row of the file has an image link.', ({ rows }) =>
    rows === 0 ? 'The file has a header and no rows.' : 'No row of the file has an image link.',
  ),
  unclosed_quote: kind<{ line: number }>(
    'error',
    'A quote is opened and never closed.',
    ({ line }) =>
      `A quote that opens in the row on line ${line} is never closed. Close it, or write "" for a quote inside a cell.`,
  ),
  row_too_long: kind<{ line: number; limit: number }>(
    'error',
    'A row is longer than a megabyte.',
    ({ line, limit }) => `The row on line ${line} is longer than ${limit} bytes. Shorten it, or leave it out.`,
  ),
  too_many_columns: kind<{ columns: number; limit: number }>(
    'error',
    'The header has more columns than allowed.',
    ({ columns, limit }) =>
      `The header has ${columns} columns; the limit is ${limit}. Remove the columns that are not needed.`,
  ),
  too_many_images: kind<{ limit: number }>(
    'error',
    'The file has more image links than allowed.',
    ({ limit }) => `The file has more than ${limit} image links. Split it and upload the parts.`,
  ),
  too_much_to_store: kind<{ line: number; limit: number; perByte: number; free: number }>(
    'error',
    'The rows would take far more room in the database than the file has bytes.',
    ({ line, limit, perByte, free }) =>
      `With the row on line ${line} the table takes more than ${limit} bytes to store: ${perByte} times its own size ` +
      `and ${free}. Short rows that are left out, or that take a long serial number from the row above, need that much. ` +
      'Correct or remove them, or split the file and upload the parts.',
  ),

  // A row.
  missing_images: kind('error', 'The row has no image link.', () => 'The row has no image link.'),
  too_many_cells: kind<{ cells: number; columns: number; sheet: boolean }>(
    'error',
    'The row has more cells than the header, and they are no links.',
    ({ cells, columns, sheet }) =>
      `The row has ${cells} cells, the header ${columns}. ${
        sheet
          ? 'Give the further columns a name in the header, or empty these cells.'
          : 'Put quotes around a cell that holds the delimiter.'
      }`,
  ),
  too_many_urls: kind<{ urls: number; limit: number }>(
    'error',
    'The row has more image links than allowed.',
    ({ urls, limit }) => `The row has ${urls} image links; the limit is ${limit}. Split it into several rows.`,
  ),
  url_too_long: kind<{ length: number; limit: number }>(
    'error',
    'A link is longer than allowed.',
    ({ length, limit }) => `An image link has ${length} characters; the limit is ${limit}. Use a shorter link.`,
  ),

  // Warnings.
  invalid_url: kind<{ link: string }>(
    'warning',
    'The link is no http or https address; its image will fail.',
    ({ link }) => `"${link}" is not an http or https link.`,
  ),
  unknown_field: kind<{ name: string; isFile: boolean; known: string }>(
    'warning',
    'The form has a field that an upload does not know; it was ignored.',
    ({ name, isFile, known }) =>
      isFile
        ? `The field "${name}" came as text, not as a file, and was ignored.`
        : `The field "${name}" is not known and was ignored. ${known}`,
  ),
  not_utf8: kind(
    'warning',
    'The file is not UTF-8 and was read as Windows-1252.',
    () => 'The file is not UTF-8 and was read as Windows-1252. Check letters with accents.',
  ),
  several_sheets: kind<{ sheet: string; others: string[] }>(
    'warning',
    'The workbook has several sheets, and only the first was read.',
    ({ sheet, others }) => {
      const rest =
        others.length > 3
          ? `${others.length} others are`
          : `${others.map(quoted).join(', ')} ${others.length > 1 ? 'are' : 'is'}`;
      return `Only the first sheet, ${quoted(sheet)}, was read; ${rest} left out.`;
    },
  ),

  // Notices: what stands for something that the table does not have.
  rows_are_numbered: kind(
    'notice',
    'The file has no column of serial numbers, and its rows were numbered.',
    () =>
      'The file has no column of serial numbers, so its rows are numbered from 1. To use numbers of your own, add a column "S. No.".',
  ),
  names_are_assumed: kind<{ source: string }>(
    'notice',
    'The file has no column of product names; serial numbers or file names stand for them.',
    ({ source }) =>
      `The file has no column of product names, so ${source} stands for the name. To use names of your own, add a column "Product Name".`,
  ),
  missing_serial: kind<{ count: number; first: number; source: string }>(
    'notice',
    'Serial numbers are empty; the number of the row stands for each.',
    (values) => emptyCells('serial number', values),
  ),
  missing_name: kind<{ count: number; first: number; source: string }>(
    'notice',
    'Product names are empty; the serial number or the file name of the link stands for each.',
    (values) => emptyCells('product name', values),
  ),
};

function quoted(text: string): string {
  return `"${text}"`;
}

function emptyCells(what: string, { count, first, source }: { count: number; first: number; source: string }): string {
  const rows = count === 1 ? `1 row (line ${first}) has` : `${count} rows (the first on line ${first}) have`;
  return `${rows} no ${what}, so ${source} stands for it. To use your own, fill in the empty cells.`;
}

export type TableIssueCode = keyof typeof TABLE_ISSUES;

/** What the sentence of a code is made with. */
export type IssueValues<Code extends TableIssueCode> = Parameters<(typeof TABLE_ISSUES)[Code]['sentence']>[0];
