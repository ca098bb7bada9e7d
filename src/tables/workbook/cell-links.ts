import { attribute, readXml } from '../read-xml.ts';
import { cellAt, type Place, placeOf } from './cell-place.ts';
import { WORKBOOK_XML } from './not-workbook.ts';
import { type Relation, tooMany } from './relations.ts';

/** Cells of a range that are kept one by one; larger ranges, such as a whole column, are kept as what they are. */
const SMALL_RANGE = 100;
/** Each cell of a sheet is looked for in all of them. */
const MOST_LARGE_RANGES = 50;
/** Longest formula in Excel. */
export const FORMULA_CHARACTERS = 8_192;

/** The first argument of a function, where it is a text and nothing is joined to it. */
const CALL = /^\s*(?:of:)?=?\s*(?:_xlfn\.)*([A-Z]+)\(\s*"((?:[^"]|"")*)"\s*[,;)]/i;

/**
 * What a formula leads to.
 * @param formula such as `HYPERLINK("https://…","Photo")` or `of:=IMAGE("https://…")`
 * @returns `shows`: the cell shows the picture itself, and no text
 */
export function formulaLink(formula: string): { link: string; shows: boolean } | undefined {
  const [, name = '', text = ''] = CALL.exec(formula) ?? [];
  const called = name.toUpperCase();
  const link = text.replaceAll('""', '"').trim();
  if ((called !== 'HYPERLINK' && called !== 'IMAGE') || !isWebLink(link)) return undefined;
  return { link, shows: called === 'IMAGE' };
}

/** A picture that WPS keeps in the workbook, and shows by its own function. */
export function isPictureFormula(formula: string): boolean {
  return /^\s*=?\s*(?:_xlfn\.)*DISPIMG\(/i.test(formula);
}

/** Others lead to a sheet, a file or a mailbox. */
export function isWebLink(link: string): boolean {
  return /^(?:https?:)?\/\/\S/i.test(link);
}

/** The links behind the cells of a sheet. */
export class CellLinks {
  readonly #cells = new Map<number, string>();
  readonly #ranges: { from: Place; to: Place; link: string }[] = [];

  /** @param ref a cell or a range, such as `C2` or `C2:C9` @throws Problem `not_csv` */
  add(ref: string, link: string): void {
    const [first = '', last = first] = ref.split(':');
    const [from, to] = [cellAt(first), cellAt(last)];
    if ((to.line - from.line + 1) * (to.column - from.column + 1) > SMALL_RANGE) {
      if (this.#ranges.length === MOST_LARGE_RANGES)
        throw tooMany('large ranges with a link behind them', MOST_LARGE_RANGES);
      this.#ranges.push({ from, to, link });
      return;
    }
    for (let { line } = from; line <= to.line; line++) {
      for (let { column } = from; column <= to.column; column++) this.#cells.set(placeOf(line, column), link);
    }
  }

  at(line: number, column: number): string | undefined {
    const link = this.#cells.get(placeOf(line, column));
    if (link !== undefined || this.#ranges.length === 0) return link;
    const holds = ({ from, to }: { from: Place; to: Place }) =>
      from.line <= line && line <= to.line && from.column <= column && column <= to.column;
    return this.#ranges.find(holds)?.link;
  }
}

/**
 * The links behind the cells of a sheet (ECMA-376 part 1, 18.3.1.47). They stand below the rows, so the sheet is read once
 * for them alone.
 * @param open opens the sheet; not called where none of its relations is a link
 * @throws Problem `not_csv`
 */
export async function readCellLinks(
  relations: Relation[],
  open: () => Promise<AsyncIterable<Uint8Array>>,
): Promise<CellLinks> {
  const targets = new Map(
    relations
      .filter(({ type, target }) => type === 'hyperlink' && isWebLink(target))
      .map(({ id, target }) => [id, target]),
  );
  const links = new CellLinks();
  if (targets.size === 0) return links;
  const handler = {
    open(name: string, attributes: Record<string, string>) {
      if (name !== 'hyperlink') return;
      const target = targets.get(attribute(attributes, 'id') ?? '');
      if (target !== undefined) links.add(attributes.ref ?? '', target);
    },
  };
  for await (const _ of readXml(await open(), handler, WORKBOOK_XML));
  return links;
}
