import { Problem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';
import { recogniseExport, type ShopExport } from './shop-exports.ts';

export type Columns = Pick<
  CsvLayout,
  'shop' | 'serialColumn' | 'nameColumn' | 'imageColumns' | 'groupColumn' | 'outputColumn'
>;

/** What a column may be called, the surest name first: where several are there, it wins. */
const SERIAL = ['sno', 'serialnumber', 'serial', 'srno', 'slno', 'no', 'id'];
const NAME = ['productname', 'product', 'name', 'title', 'sku'];
const IMAGES = ['inputimageurls', 'inputimageurl', 'imageurls', 'imageurl', 'images', 'image', 'imagesrc', 'imagelink'];
/** Google Merchant feeds keep the first image apart from the others. */
const MORE_IMAGES: Record<string, string> = { imagelink: 'additionalimagelink' };
const OUTPUT = 'outputimageurls';

/** Names are compared without case, accents of width, spaces and punctuation: "S. No." is "sno". */
function normalise(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Finds the columns that are used, in any order.
 * @throws Problem `missing_columns` that names what was found, `duplicate_columns`
 */
export function findColumns(header: string[], line: number): Columns {
  const names = header.map(normalise);
  const only = (role: string[]): number | undefined => {
    const alias = role.find((name) => names.includes(name));
    return alias === undefined ? undefined : single(header, names, alias, line);
  };
  const shopExport = recogniseExport(names);
  if (shopExport) return exportColumns(shopExport, only);
  const serialColumn = only(SERIAL);
  const nameColumn = only(NAME);
  const exact = only(IMAGES);
  const further = exact === undefined ? undefined : MORE_IMAGES[names[exact] ?? ''];
  const more = further === undefined ? undefined : only([further]);
  const imageColumns = [exact ?? [], more ?? [], family(header, names, line)].flat();
  if (serialColumn === undefined || nameColumn === undefined || imageColumns.length === 0) {
    const missing = [
      serialColumn === undefined ? 'a serial number column (such as "S. No.")' : '',
      nameColumn === undefined ? 'a product name column (such as "Product Name")' : '',
      imageColumns.length === 0 ? 'an image column (such as "Input Image Urls")' : '',
    ].filter(Boolean);
    throw missingColumns(header, missing, line);
  }
  return { serialColumn, nameColumn, imageColumns, outputColumn: only([OUTPUT]) ?? null };
}

function exportColumns(
  { shop, name, images, group }: ShopExport,
  only: (role: string[]) => number | undefined,
): Columns {
  const groupColumn = group === undefined ? undefined : only([group]);
  return {
    shop,
    serialColumn: only(SERIAL) ?? null,
    // The name is one of the marks by which the export was recognised.
    nameColumn: only([name]) ?? 0,
    imageColumns: images.flatMap((image) => only([image]) ?? []),
    ...(groupColumn === undefined ? {} : { groupColumn }),
    outputColumn: only([OUTPUT]) ?? null,
  };
}

/** Columns `image_1` to `image_n`, by their numbers. */
function family(header: string[], names: string[], line: number): number[] {
  for (const alias of IMAGES) {
    const numbered = new RegExp(`^${alias}(\\d{1,4})$`);
    const members = names.flatMap((name) => {
      const number = numbered.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    });
    if (members.length > 0) {
      return members.sort((a, b) => a.number - b.number).map(({ name }) => single(header, names, name, line));
    }
  }
  return [];
}

function single(header: string[], names: string[], name: string, line: number): number {
  const first = names.indexOf(name);
  const second = names.indexOf(name, first + 1);
  if (second === -1) return first;
  const message = `The column "${shown(header[second] ?? '')}" is there twice (columns ${first + 1} and ${second + 1}). Rename or remove one.`;
  throw new Problem('duplicate_columns', message, {
    issues: [{ line, column: shown(header[second] ?? ''), code: 'duplicate_columns', message }],
  });
}

function missingColumns(header: string[], missing: string[], line: number): Problem {
  const found = header.slice(0, 30).map((name) => `"${shown(name)}"`);
  const more = header.length > 30 ? ` and ${header.length - 30} more` : '';
  const message = `The header lacks ${missing.join(' and ')}. Found: ${found.join(', ')}${more}.`;
  return new Problem('missing_columns', message, {
    issues: [{ line, column: null, code: 'missing_columns', message }],
  });
}

function shown(name: string): string {
  return name
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 60);
}
