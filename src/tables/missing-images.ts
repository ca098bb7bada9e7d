import { Problem } from '../domain/problem.ts';
import { profileColumns } from './column-profile.ts';
import { shownName } from './columns.ts';
import type { HeadRow } from './header.ts';

/**
 * The refusal of a table without an image column: which row looks like the header, which columns hold links, and what to do.
 * @param header index of the header in `rows`; on line 0 stand the names of members, of a file that has no header
 */
export function missingImages(names: string[], rows: HeadRow[], header: number | null): Problem {
  const line = header === null ? 1 : (rows[header]?.line ?? 1);
  const listed = names.slice(0, 30).map((_name, column) => `"${shownName(names, column)}"`);
  const more = names.length > 30 ? ` and ${names.length - 30} more` : '';
  const below = rows.slice(header === null ? 0 : header + 1).map(({ cells }) => cells);
  const withLinks = profileColumns(names.length, below).flatMap(({ links }, column) =>
    links > 0 ? [`"${shownName(names, column)}" (#${column + 1})`] : [],
  );
  const links =
    withLinks.length > 0
      ? `Links stand in ${withLinks.slice(0, 10).join(', ')}. If these are the pictures, name the column in the field image_columns`
      : `No column holds links. Add ${line === 0 ? 'a member' : 'a column'} "Image Urls" with the links of the pictures`;
  const looks =
    header === null
      ? 'No row looks like a header.'
      : line === 0
        ? `The products have no member for image links. Found: ${listed.join(', ')}${more}.`
        : `The row on line ${line} looks like the header, and has no column for image links. Found: ${listed.join(', ')}${more}.`;
  const otherHeader = line === 0 ? '.' : ', or say in header_row on which line the header stands.';
  const message = `${looks} ${links}${otherHeader}`;
  return new Problem('missing_columns', message, {
    issues: [{ line: Math.max(1, line), column: null, code: 'missing_columns', message }],
  });
}
