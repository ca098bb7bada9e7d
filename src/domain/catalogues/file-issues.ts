import { kind, listed, quoted } from './table-issue-kind.ts';

/** What refuses a file as a whole. The same code is that of the refusal. */
export const FILE_ISSUES = {
  empty_file: kind(
    'error',
    'The file is empty.',
    () => 'The file is empty. Upload one with a header and a row for each product.',
  ),
  not_csv: kind<{ why: string }>('error', 'The file is no table that can be read.', ({ why }) => why),
  missing_columns: kind<{
    /** What holds the names: a row, the members of products, or nothing. */
    header: 'row' | 'members' | 'none';
    line: number;
    found: string[];
    columns: number;
    /** Columns that hold links, as a sentence names them. */
    withLinks: string[];
  }>('error', 'The table has no column for image links.', missingColumns),
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
    'A row is longer than a million characters.',
    ({ line, limit }) =>
      `The row on line ${line} is longer than ${limit} characters. ` +
      'Shorten its cells, or take the columns out that are not needed.',
  ),
  too_many_columns: kind<{ columns: number; limit: number; members: boolean }>(
    'error',
    'The header has more columns than allowed, or the products of a JSON file or a feed have more different members.',
    ({ columns, limit, members }) =>
      members
        ? `The products have more than ${limit} different members. Leave out those that are not needed.`
        : `The header has ${columns} columns; the limit is ${limit}. Remove the columns that are not needed.`,
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
};

function missingColumns({
  header,
  line,
  found,
  columns,
  withLinks,
}: {
  header: 'row' | 'members' | 'none';
  line: number;
  found: string[];
  columns: number;
  withLinks: string[];
}): string {
  const names = listed(found.map(quoted), columns);
  const looks = {
    none: 'No row looks like a header.',
    members: `The products have no member for image links. Found: ${names}.`,
    row: `The row on line ${line} looks like the header, and has no column for image links. Found: ${names}.`,
  }[header];
  const added = header === 'members' ? 'a member' : 'a column';
  const links =
    withLinks.length > 0
      ? `Links stand in ${withLinks.join(', ')}. If these are the pictures, name the column in the field image_columns`
      : `No column holds links. Add ${added} "Image Urls" with the links of the pictures`;
  return `${looks} ${links}${header === 'members' ? '.' : ', or say in header_row on which line the header stands.'}`;
}
