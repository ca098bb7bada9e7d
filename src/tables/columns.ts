import { type CsvIssue, csvIssue } from '../domain/csv-issue.ts';
import type { CsvLayout } from '../domain/product.ts';
import type { TableOptions } from '../domain/table-options.ts';
import { chosenColumns } from './chosen-columns.ts';
import { hasPictureWord, imageName, normaliseName } from './column-names.ts';
import { type ColumnProfile, profileColumns } from './column-profile.ts';
import { LINK_NAMES, NAMES, OUTPUT, PLAIN_RANK, SERIALS } from './column-words.ts';
import { recogniseExport } from './shop-exports.ts';

type Columns = Pick<
  CsvLayout,
  'shop' | 'serialColumn' | 'nameColumn' | 'imageColumns' | 'groupColumn' | 'grouped' | 'outputColumn'
>;

/** What was found, and what is to be said of it. */
export interface FoundColumns {
  /** `imageColumns` is empty where there are none. */
  columns: Columns;
  profiles: ColumnProfile[];
  notices: CsvIssue[];
  /** How the image columns were found. */
  by: 'choice' | 'name' | 'content' | 'nothing';
}

/**
 * Finds the columns that are used, in any order: those that the client names, else by their names, else by what stands in
 * them. Serial numbers and names may lack; see `assumptions.ts`.
 * @param header the names, as written
 * @param rows values of the first rows
 * @param line of the header, for what is said of it
 * @throws Problem `invalid_option` where a column that the client names is not there
 */
export function findColumns(header: string[], rows: string[][], options: TableOptions, line: number): FoundColumns {
  const names = header.map(normaliseName);
  const places = new Map<string, number>();
  for (const [column, name] of names.entries()) if (name !== '' && !places.has(name)) places.set(name, column);
  const first = (wanted: readonly string[]): number | null => {
    const name = wanted.find((candidate) => places.has(candidate));
    return name === undefined ? null : (places.get(name) ?? null);
  };
  const chosen = chosenColumns(header, names, options);
  const found = recogniseExport(places, header);
  const profiles = profileColumns(header.length, rows);
  const groupColumn = chosen.group ?? (found?.group === undefined ? null : first([found.group]));
  const outputColumn = first([OUTPUT]);
  const free = (column: number | null) => (column !== null && chosen.images?.includes(column) ? null : column);
  const images = chosen.images
    ? { columns: chosen.images, by: 'choice' as const, notices: [] }
    : imageColumns(header, names, profiles, outputColumn, line);
  const columns: Columns = {
    ...(found && { shop: found.shop }),
    serialColumn: chosen.serial ?? free(first(SERIALS)),
    nameColumn: chosen.name ?? free(first([...(found?.name ?? []), ...NAMES])),
    imageColumns: images.columns,
    ...(groupColumn !== null && { groupColumn }),
    ...(chosen.group !== undefined && { grouped: true as const }),
    outputColumn,
  };
  return { columns, profiles, notices: images.notices, by: images.by };
}

function imageColumns(
  header: string[],
  names: string[],
  profiles: ColumnProfile[],
  outputColumn: number | null,
  line: number,
): { columns: number[]; by: FoundColumns['by']; notices: CsvIssue[] } {
  const profile = (column: number) => profiles[column] ?? { filled: 0, links: 0, pictures: 0, pages: 0 };
  const named = names
    .map((name, column) => ({ column, is: column === outputColumn ? undefined : imageName(name) }))
    .flatMap(({ column, is }) => {
      if (is) return [{ column, ...is }];
      // A name that says more, such as image_name, is told by the links.
      const { filled, pictures } = profile(column);
      const also =
        pictures > 0 && pictures * 2 >= filled && column !== outputColumn && hasPictureWord(header[column] ?? '');
      return also ? [{ column, rank: PLAIN_RANK, number: 0 }] : [];
    })
    .sort((a, b) => a.rank - b.rank || a.number - b.number || a.column - b.column)
    .map(({ column }) => column);
  const withLinks = named.filter((column) => profile(column).links > 0);
  if (withLinks.length > 0) {
    // An empty one may have links further down; one of other texts is what its name says in another sense.
    const texts = named.filter((column) => profile(column).links === 0 && profile(column).filled > 0);
    const columns = named.filter((column) => !texts.includes(column));
    return { columns, by: 'name', notices: texts.length > 0 ? [holdNoLinks(header, texts, profiles, line)] : [] };
  }
  const others = header.map((_name, column) => column).filter((column) => column !== outputColumn);
  const mostly = (count: 'links' | 'pictures', column: number) =>
    profile(column).filled > 0 && profile(column)[count] * 2 >= profile(column).filled;
  const pictures = others.filter((column) => mostly('pictures', column));
  if (pictures.length > 0) {
    const texts = named.filter((column) => profile(column).filled > 0);
    const notices = texts.length > 0 ? [holdNoLinks(header, texts, profiles, line)] : [];
    return { columns: pictures, by: 'content', notices };
  }
  if (named.length > 0) return { columns: named, by: 'name', notices: [] };
  const links = others.filter((column) => mostly('links', column));
  const [only] = links;
  // The only links of a table are those of its pictures where nothing says that they lead to pages.
  const meant = links.filter(
    (column) => LINK_NAMES.includes(names[column] ?? '') && profile(column).pages * 2 < profile(column).filled,
  );
  if (only !== undefined && links.length === 1 && (meant.length === 1 || header.length === 1)) {
    return { columns: links, by: 'content', notices: [] };
  }
  return { columns: [], by: 'nothing', notices: [] };
}

/** The next column of the same name, which is not read where one column is enough; undefined where there is none. */
export function repeatedColumn(names: string[], column: number): number | undefined {
  const key = normaliseName(names[column] ?? '');
  const next = names.findIndex((name, index) => index > column && normaliseName(name) === key);
  return next === -1 ? undefined : next;
}

function holdNoLinks(header: string[], columns: number[], profiles: ColumnProfile[], line: number): CsvIssue {
  const named = columns.slice(0, 5).map((column) => shownName(header, column));
  const sample = (profiles[columns[0] ?? 0]?.sample ?? '').slice(0, 60);
  return csvIssue('texts_not_read', { line }, { columns: named, count: columns.length, sample });
}

/** The name of a column as a sentence gives it, or its number where it has none. */
export function shownName(header: string[], column: number): string {
  const name = (header[column] ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 60);
  return name || `#${column + 1}`;
}
