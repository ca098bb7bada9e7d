import { FILE_ISSUES } from './file-issues.ts';
import { kind, listed, quoted } from './table-issue-kind.ts';

/** Everything that an answer can say about a table, its rows, or the form that it came in; an entry each. */
export const TABLE_ISSUES = {
  ...FILE_ISSUES,

  // A row.
  missing_images: kind('error', 'The row has no image link.', () => 'The row has no image link.'),
  too_many_cells: kind<{ cells: number; columns: number; sheet: boolean; curly: boolean }>(
    'error',
    'The row has more cells than the header, and they are no links.',
    ({ cells, columns, sheet, curly }) =>
      `The row has ${cells} cells, the header ${columns}. ${
        sheet ? 'Give the further columns a name in the header, or empty these cells.' : quoteAdvice(curly)
      }`,
  ),
  shifted_cells: kind<{ text: string; place: string; curly: boolean }>(
    'error',
    'A delimiter in a text that is not in quotes has moved the cells of the row under other columns.',
    ({ text, place, curly }) =>
      `The cells of the row are shifted: "${text}" stands under "${place}". ${quoteAdvice(curly)}`,
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

  // Links and columns.
  invalid_url: kind<{ link: string; count: number; line: number }>(
    'warning',
    'Cells hold no http or https address; their images will fail. Said once a column.',
    invalidUrl,
  ),
  link_repaired: kind<{ written: string | null; link: string }>(
    'warning',
    'A link was read as it was surely meant, which the message shows.',
    ({ written, link }) => {
      const what = written === null ? 'Links without anything between them' : quoted(written);
      return `${what} was read as "${link}". Correct the cell if that is not meant.`;
    },
  ),
  columns_not_read: kind<{ columns: string[]; count: number }>(
    'warning',
    'Links to pictures stand in columns that were not read; `image_columns` names those to read.',
    ({ columns, count }) =>
      `Links to pictures stand in ${listed(columns, count)}, and were not read. ` +
      'To read them, name all image columns in the field image_columns.',
  ),
  texts_not_read: kind<{ columns: string[]; count: number; sample: string }>(
    'warning',
    'Columns that are called like image columns hold texts and no links, and were not read.',
    ({ columns, count, sample }) =>
      `${listed(columns.map(quoted), count)} ${count === 1 ? 'holds' : 'hold'} no links but texts such as "${sample}", and ` +
      `${count === 1 ? 'was' : 'were'} not read. To read them all the same, name all image columns in the field image_columns.`,
  ),
  duplicate_columns: kind<{ name: string; first: number; second: number }>(
    'warning',
    'A column of serial numbers, names or outputs is there twice, and the first one was taken.',
    ({ name, first, second }) =>
      `The column "${name}" is there twice (columns ${first} and ${second}), and the first one was taken. ` +
      'Rename or remove the one that is not meant.',
  ),
  unknown_field: kind<{ name: string; isFile: boolean; known: string }>(
    'warning',
    'The form has a field that an upload does not know; it was ignored.',
    ({ name, isFile, known }) =>
      isFile
        ? `The field "${name}" came as text, not as a file, and was ignored.`
        : `The field "${name}" is not known and was ignored. ${known}`,
  ),

  // The bytes of a text.
  not_utf8: kind<{ encoding: string; sure: number; line: number; sample: string }>(
    'warning',
    'The file is not UTF-8; its encoding was guessed, and `encoding` may name another one.',
    ({ encoding, sure, line, sample }) =>
      `The file is not UTF-8 and was read as ${encoding}, a guess that is ${sure} % sure. Line ${line} then reads ` +
      `"${sample}". If that is wrong, name the encoding in the field "encoding".`,
  ),
  bad_bytes: kind<{ count: number; line: number }>(
    'warning',
    'Some bytes of a UTF-8 file are none, and stand as U+FFFD in the result.',
    ({ count, line }) =>
      `The file is UTF-8, but ${count === 1 ? '1 byte is' : `${count} bytes are`} not (the first on line ${line}) and became ` +
      '"\ufffd". Correct the cell, or name the encoding of the file in the field "encoding".',
  ),
  result_in_utf8: kind<{ encoding: string }>(
    'warning',
    'The result comes in UTF-8, as the encoding of the upload cannot hold all of it.',
    ({ encoding }) =>
      `The result comes as UTF-8 with a byte order mark: not everything in the file can be written in ${encoding}.`,
  ),
  stray_quote: kind<{ lines: string[]; count: number }>(
    'warning',
    'A quote that opens a cell in a table of tabs and does not close it was read as a part of the text.',
    ({ lines, count }) =>
      `A quote opens a cell on ${count > 1 ? 'lines' : 'line'} ${listed(lines, count)} and does not close it; it was read as ` +
      'a part of the text. Remove it, or write "" for it inside quotes, if that is not meant.',
  ),

  // Workbooks.
  several_sheets: kind<{ sheet: string; others: string[]; count: number }>(
    'warning',
    'The workbook has several sheets, and only one was read.',
    ({ sheet, others, count }) =>
      `Only the sheet "${sheet}" was read; ${listed(others.map(quoted), count)} ${count > 1 ? 'are' : 'is'} left out. ` +
      'To read another one, name it in the field "sheet".',
  ),
  link_behind_text: kind<{ text: string; link: string }>(
    'warning',
    'Cells show a text with a link behind it, and the link was read.',
    ({ text, link }) =>
      `Cells show a text with a link behind it, such as "${text}": the link behind the text was read, ${link} there. ` +
      'Write the link into the cell to see what is read.',
  ),
  styles_missing: kind(
    'warning',
    'The workbook lacks the part that says which numbers are days.',
    () =>
      'The part of the workbook that says which numbers are days is missing, so days are read as numbers. ' +
      'Open the workbook in Excel, save it again, and upload that.',
  ),

  // What stands for something that the table does not have.
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

/** Texts that programs write with quotes of print hold no cell together. */
function quoteAdvice(curly: boolean): string {
  return curly
    ? 'Curly quotes hold no cell together: write straight ones (") around a cell that holds the delimiter.'
    : 'Put quotes around a cell that holds the delimiter.';
}

function invalidUrl({ link, count, line }: { link: string; count: number; line: number }): string {
  const data = /^data:/i.test(link) ? ' Such a picture cannot be read from the cell.' : '';
  const advice = 'Write the whole address of the picture, with https:// before it.';
  return count === 1
    ? `"${link}" is not an http or https link, and its image will fail.${data} ${advice}`
    : `${count} cells hold no http or https link, and their images will fail; the first is "${link}" on line ${line}.${data} ${advice}`;
}

function emptyCells(what: string, { count, first, source }: { count: number; first: number; source: string }): string {
  const rows = count === 1 ? `1 row (line ${first}) has` : `${count} rows (the first on line ${first}) have`;
  return `${rows} no ${what}, so ${source} stands for it. To use your own, fill in the empty cells.`;
}

export type TableIssueCode = keyof typeof TABLE_ISSUES;

/** What the sentence of a code is made with. */
export type IssueValues<Code extends TableIssueCode> = Parameters<(typeof TABLE_ISSUES)[Code]['sentence']>[0];
