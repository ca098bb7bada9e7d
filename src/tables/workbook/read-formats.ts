import { readXml } from '../read-xml.ts';
import { builtInFormat, type NumberFormat, numberFormat } from './cell-text.ts';
import { notWorkbook, WORKBOOK_XML } from './not-workbook.ts';

/** Excel's own limits for the cell styles of a workbook, and for the code of a number format. */
const MOST_STYLES = 65_490;
const CODE_CHARACTERS = 255;

/**
 * The number formats of a workbook's cell styles, by the number of the style (ECMA-376 part 1, 18.8.10).
 * @throws Problem `not_csv`
 */
export async function readFormats(bytes: AsyncIterable<Uint8Array> | undefined): Promise<NumberFormat[]> {
  const own = new Map<number, NumberFormat>();
  const formats: NumberFormat[] = [];
  let inCells = false;
  const handler = {
    open(name: string, { numFmtId = '0', formatCode }: Record<string, string>) {
      const id = Number(numFmtId);
      if (name === 'numFmt' && formatCode !== undefined) {
        if (formatCode.length > CODE_CHARACTERS) throw codeTooLong();
        if (own.size === MOST_STYLES) throw tooMany('number formats');
        own.set(id, numberFormat(formatCode));
      } else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) {
        if (formats.length === MOST_STYLES) throw tooMany('cell styles');
        formats.push(own.get(id) ?? builtInFormat(id));
      }
    },
    close(name: string) {
      if (name === 'cellXfs') inCells = false;
    },
  };
  if (bytes) for await (const _ of readXml(bytes, handler, WORKBOOK_XML));
  return formats;
}

const ADVICE = 'Copy its cells into a new workbook without their formats, or save the sheet as CSV, and upload that.';

function codeTooLong() {
  return notWorkbook(
    `It has a number format of more than ${CODE_CHARACTERS} characters, which Excel refuses. ${ADVICE}`,
  );
}

function tooMany(things: string) {
  return notWorkbook(`It has more than ${MOST_STYLES} ${things}, the most that Excel allows. ${ADVICE}`);
}
