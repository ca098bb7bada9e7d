import { fileProblem, type Problem } from '../domain/problem.ts';
import { profileColumns } from './column-profile.ts';
import { shownName } from './columns.ts';
import type { HeadRow } from './header.ts';

/**
 * The refusal of a table without an image column: which row looks like the header, which columns hold links, and what to do.
 * @param header index of the header in `rows`; on line 0 stand the names of members, of a file that has no header
 */
export function missingImages(names: string[], rows: HeadRow[], header: number | null): Problem {
  const line = header === null ? 1 : (rows[header]?.line ?? 1);
  const below = rows.slice(header === null ? 0 : header + 1).map(({ cells }) => cells);
  const withLinks = profileColumns(names.length, below).flatMap(({ links }, column) =>
    links > 0 ? [`"${shownName(names, column)}" (#${column + 1})`] : [],
  );
  return fileProblem(
    'missing_columns',
    { line: Math.max(1, line) },
    {
      header: header === null ? 'none' : line === 0 ? 'members' : 'row',
      line,
      found: names.slice(0, 30).map((_name, column) => shownName(names, column)),
      columns: names.length,
      withLinks: withLinks.slice(0, 10),
    },
  );
}
