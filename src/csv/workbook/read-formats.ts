import { type NumberFormat, numberFormat } from './cell-text.ts';
import { readXml } from './read-xml.ts';

/** The number formats of a workbook's cell styles, by the number of the style (ECMA-376 part 1, 18.8.10). */
export async function readFormats(bytes: AsyncIterable<Uint8Array> | undefined): Promise<NumberFormat[]> {
  const codes = new Map<number, string>();
  const formats: NumberFormat[] = [];
  let inCells = false;
  const handler = {
    open(name: string, { numFmtId = '0', formatCode }: Record<string, string>) {
      if (name === 'numFmt' && formatCode !== undefined) codes.set(Number(numFmtId), formatCode);
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) formats.push(numberFormat(Number(numFmtId), codes.get(Number(numFmtId))));
    },
    close(name: string) {
      if (name === 'cellXfs') inCells = false;
    },
  };
  if (bytes) for await (const _ of readXml(bytes, handler));
  return formats;
}
