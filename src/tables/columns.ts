import type { Problem } from '../domain/problem.ts';
import { fileProblem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';
import { recogniseExport, type ShopExport } from './shop-exports.ts';

export type Columns = Pick<
  CsvLayout,
  'shop' | 'serialColumn' | 'nameColumn' | 'imageColumns' | 'groupColumn' | 'outputColumn'
>;

/** What a column may be called, the surest name first: where several are there, it wins. */
const SERIAL = ['sno', 'serialnumber', 'serialno', 'serial', 'srno', 'slno', 'no', 'id', 'nr', '#'];
const NAME = ['productname', 'product', 'name', 'title', 'sku'];
const IMAGES = ['inputimageurls', 'inputimageurl', 'imageurls', 'imageurl', 'images', 'image', 'imagesrc', 'imagelink'];
/** Google Merchant feeds keep the first image apart from the others. */
const MORE_IMAGES: Record<string, string> = { imagelink: 'additionalimagelink' };
const OUTPUT = 'outputimageurls';

/** Columns `image_1` to `image_n`: the name of the family and the number. */
const MEMBER = new RegExp(`^(${IMAGES.join('|')})(\\d{1,4})$`);
/** Longer names are none of these, and the time that NFKC takes grows with the square: it sorts marks that combine. */
const NAME_CHARACTERS = 200;

/** The columns of a header by their normalised names. A name may be there twice as long as it is not used. */
type Header = Map<string, number[]>;

/** Names are compared without case, accents of width, spaces and punctuation: "S. No." is "sno". */
function normalise(name: string): string {
  if (name.length > NAME_CHARACTERS) return '';
  const plain = name.normalize('NFKC').toLowerCase();
  return plain.trim() === '#' ? '#' : plain.replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Finds the columns that are used, in any order. Serial numbers and names may lack; see `assumptions.ts`.
 * @throws Problem `missing_columns` that names what was found, `duplicate_columns`
 */
export function findColumns(names: string[], line: number): Columns {
  const header: Header = new Map();
  for (const [column, name] of names.entries()) {
    const key = normalise(name);
    const columns = header.get(key);
    if (columns) columns.push(column);
    else if (key !== '') header.set(key, [column]);
  }
  const single = (name: string): number | undefined => {
    const [first, second] = header.get(name) ?? [];
    if (first !== undefined && second !== undefined) throw duplicate(names[second] ?? '', first, second, line);
    return first;
  };
  const only = (role: string[]): number | undefined => {
    const alias = role.find((name) => header.has(name));
    return alias === undefined ? undefined : header.get(alias)?.[0];
  };
  const outputColumn = only([OUTPUT]) ?? null;
  const serialColumn = only(SERIAL) ?? null;
  const shopExport = recogniseExport(header);
  if (shopExport) return { ...exportColumns(shopExport, only, single), serialColumn, outputColumn };
  const images = IMAGES.find((name) => header.has(name));
  const used = [images, MORE_IMAGES[images ?? ''], ...family(header)];
  const imageColumns = used.flatMap((name) => (name === undefined ? [] : (single(name) ?? [])));
  if (imageColumns.length === 0) throw missingImages(names, line);
  return { serialColumn, nameColumn: only(NAME) ?? null, imageColumns, outputColumn };
}

function exportColumns(
  { shop, name, images, group }: ShopExport,
  only: (role: string[]) => number | undefined,
  single: (name: string) => number | undefined,
): Pick<Columns, 'shop' | 'nameColumn' | 'imageColumns' | 'groupColumn'> {
  const groupColumn = group === undefined ? undefined : only([group]);
  return {
    shop,
    nameColumn: only([name]) ?? null,
    imageColumns: images.flatMap((image) => single(image) ?? []),
    ...(groupColumn === undefined ? {} : { groupColumn }),
  };
}

/** The next column of the same name, which is not read where one column is enough; undefined where there is none. */
export function repeatedColumn(names: string[], column: number): number | undefined {
  const key = normalise(names[column] ?? '');
  const next = names.findIndex((name, index) => index > column && normalise(name) === key);
  return next === -1 ? undefined : next;
}

/** The members of the family with the surest name, by their numbers. */
function family(header: Header): string[] {
  const families = new Map<string, { name: string; number: number }[]>();
  for (const name of header.keys()) {
    const [, alias = '', number] = MEMBER.exec(name) ?? [];
    if (number === undefined) continue;
    const members = families.get(alias) ?? [];
    families.set(alias, members);
    members.push({ name, number: Number(number) });
  }
  const surest = IMAGES.find((alias) => families.has(alias));
  const members = families.get(surest ?? '') ?? [];
  return members.sort((a, b) => a.number - b.number).map(({ name }) => name);
}

function duplicate(name: string, first: number, second: number, line: number): Problem {
  const values = { name: shown(name), first: first + 1, second: second + 1, taken: false };
  return fileProblem('duplicate_columns', { line, column: shown(name) }, values);
}

function missingImages(names: string[], line: number): Problem {
  const found = names.slice(0, 30).map(shown);
  return fileProblem('missing_columns', { line }, { found, others: names.length - found.length });
}

function shown(name: string): string {
  return name
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 60);
}
