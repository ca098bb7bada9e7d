/** What a cell of Excel holds; a longer text makes it repair, that is cut, the whole workbook. */
const CELL_CHARACTERS = 32_767;
const CUT = '… (cut here: a cell of Excel holds 32,767 characters; the CSV has them all)';

/** Longer ones are shown in powers of ten, and are ids rather than numbers. */
const NUMBER = /^-?(?:0|[1-9]\d{0,10})(?:\.\d{1,6})?$/;

/** A row of a sheet (ECMA-376 part 1, 18.3.1.73): texts within the cells, and numbers that stay as they are written. */
export function rowXml(row: string[]): string {
  let last = row.length;
  while (last > 0 && row[last - 1] === '') last--;
  let xml = '<row>';
  for (let column = 0; column < last; column++) xml += cellXml(row[column] ?? '');
  return `${xml}</row>`;
}

function cellXml(text: string): string {
  if (text === '') return '<c/>';
  // 1.50 and 007 are no numbers: they would come back as 1.5 and 7.
  if (NUMBER.test(text) && String(Number(text)) === text) return `<c><v>${text}</v></c>`;
  return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(fitting(text))}</t></is></c>`;
}

function fitting(text: string): string {
  if (text.length <= CELL_CHARACTERS) return text;
  return text.slice(0, CELL_CHARACTERS - CUT.length).toWellFormed() + CUT;
}

/** What XML cannot hold, and what looks like its stand-in, as `_x000D_` (22.9.2.19). */
function escaped(text: string): string {
  const wellFormed = text.toWellFormed();
  if (!/[&<>\ufffe\uffff]|_x|(?![\t\n])\p{Cc}/u.test(wellFormed)) return wellFormed;
  return wellFormed
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, stoodIn)
    .replace(/(?![\t\n])\p{Cc}|[\ufffe\uffff]/gu, stoodIn)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function stoodIn(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}
