import { posix } from 'node:path';
import { Allowance } from '../inflate.ts';
import { attribute, readXml } from '../read-xml.ts';
import { storedText } from './cell-text.ts';
import { brokenWorkbook, notWorkbook, WORKBOOK_XML } from './not-workbook.ts';
import { noWorkbook, openPackage } from './open-package.ts';
import { type Relation, readRelations, relationsName, tooMany } from './relations.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** A sheet with cells; one of its own for a chart has none. */
export interface SheetPart {
  name: string;
  hidden: boolean;
  /** @throws Problem `not_csv` */
  open(allowance: Allowance): Promise<Bytes>;
  relations(): Promise<Relation[]>;
}

/** The parts of an Excel workbook. */
export interface Workbook {
  sheets: SheetPart[];
  /** Undefined where the workbook has none, which is allowed. */
  sharedTexts: Bytes | undefined;
  styles: Bytes | undefined;
  /** Styles belong to it, and are gone. */
  stylesMissing: boolean;
  /** Whether days are counted from 1904. */
  from1904: boolean;
  /** A small part that a relation leads to; undefined where it is not there. */
  part(name: string): Promise<Bytes | undefined>;
  close(): Promise<void>;
}

/** Far more than any workbook needs; Excel itself has no limit but its memory. */
const MOST_SHEETS = 10_000;
/** For the parts that only lead to the cells: what is read of them is kept in memory. */
const PARTS_BYTES = 10_000_000;
/** For the relations of a sheet: Excel allows 65,530 links in it. */
const LINKS_BYTES = 25_000_000;

/**
 * Finds the sheets of an .xlsx and what belongs to them, by the relations between its parts (ECMA-376 part 2, 9.3).
 * A part that no cell needs may be missing.
 * @param allowance for the shared texts
 * @throws Problem `not_csv`, also while the parts are read
 */
export async function openWorkbook(path: string, extension: string, allowance: Allowance): Promise<Workbook> {
  const parts = await openPackage(path, extension);
  const small = new Allowance(PARTS_BYTES);
  const optional = async (name: string | undefined, spent = small) =>
    name !== undefined && parts.has(name) ? parts.part(name, spent) : undefined;
  try {
    if (!parts.has('_rels/.rels')) throw noWorkbook(extension);
    const book = (await readRelations(await parts.part('_rels/.rels', small), '')).find(
      ({ type, external }) => type === 'officedocument' && !external,
    );
    if (!book) throw noWorkbook(extension);
    const related = await readRelations(
      await parts.part(relationsName(book.target), small),
      posix.dirname(book.target),
    );
    const { sheets, from1904 } = await readBook(await parts.part(book.target, small));
    const targets = new Map(related.filter(({ type }) => type === 'worksheet').map(({ id, target }) => [id, target]));
    const withCells = sheets.flatMap(({ id, ...sheet }): SheetPart[] => {
      const target = targets.get(id);
      if (target === undefined) return [];
      return [
        {
          ...sheet,
          open: (spent) => parts.part(target, spent),
          relations: async () => {
            const bytes = await optional(relationsName(target), new Allowance(LINKS_BYTES));
            return bytes ? readRelations(bytes, posix.dirname(target)) : [];
          },
        },
      ];
    });
    if (withCells.length === 0) throw notWorkbook('It has no sheet with cells.');
    const target = (type: string) => related.find((relation) => relation.type === type)?.target;
    const styles = target('styles');
    return {
      sheets: withCells,
      sharedTexts: await optional(target('sharedstrings'), allowance),
      styles: await optional(styles),
      stylesMissing: styles !== undefined && !parts.has(styles),
      from1904,
      part: optional,
      close: parts.close,
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

async function readBook(bytes: Bytes) {
  const sheets: { name: string; id: string; hidden: boolean }[] = [];
  let from1904 = false;
  const open = (name: string, attributes: Record<string, string>, level: number) => {
    // An extension of Excel 2013 has an element of the same name further below, which says nothing of days.
    if (name === 'workbookPr' && level === 2) from1904 = /^(1|true|on)$/.test(attributes.date1904 ?? '');
    if (name !== 'sheet' || level !== 3) return;
    if (sheets.length === MOST_SHEETS) throw tooMany('sheets', MOST_SHEETS);
    const id = attribute(attributes, 'id');
    if (id === undefined) throw brokenWorkbook();
    const hidden = /hidden$/i.test(attribute(attributes, 'state') ?? '');
    sheets.push({ name: sheetName(attributes.name ?? ''), id, hidden });
  };
  for await (const _ of readXml(bytes, { open }, WORKBOOK_XML));
  return { sheets, from1904 };
}

/** Excel allows 31 characters, none of them invisible. */
function sheetName(name: string): string {
  return storedText(name.replace(/\p{Cc}/gu, ' ')).slice(0, 60);
}
