import { type ZipPart, zip } from './zip.ts';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** What a workbook is made of; the XML of a sheet, of the texts and of the styles is that within the root element. */
export interface WorkbookParts {
  /** `<row>` elements of each sheet. */
  sheets: {
    name: string;
    rows: string;
    attributes?: string;
    /** What follows the rows, such as `<hyperlinks>`. */
    behind?: string;
    /** `<Relationship>` elements of the sheet. */
    relations?: string;
  }[];
  /** `<si>` elements. */
  texts?: string;
  styles?: string;
  /** Attributes of `workbookPr`. */
  properties?: string;
  /** After the declaration of each part, such as a document type. */
  prologue?: string;
}

/** The parts of a workbook as Excel writes them. */
export function workbookParts({ sheets, texts, styles, properties = '', prologue = '' }: WorkbookParts): ZipPart[] {
  const xml = (name: string, content: string): ZipPart => ({
    name,
    content: Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${prologue}${content}`),
  });
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
  const relations = (...all: string[]) =>
    `<Relationships xmlns="${PACKAGE}/relationships">${all.join('')}</Relationships>`;
  const type = (part: string, name: string) => `<Override PartName="/xl/${part}" ContentType="${TYPES}.${name}+xml"/>`;
  const list = sheets
    .map(
      ({ name, attributes = '' }, i) => `<sheet name="${name}" sheetId="${i + 1}" ${attributes} r:id="rId${i + 1}"/>`,
    )
    .join('');
  return [
    xml(
      '[Content_Types].xml',
      `<Types xmlns="${PACKAGE}/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        ${type('workbook.xml', 'sheet.main')}
        ${sheets.map((_, i) => type(`worksheets/sheet${i + 1}.xml`, 'worksheet')).join('')}
        ${texts === undefined ? '' : type('sharedStrings.xml', 'sharedStrings')}
        ${styles === undefined ? '' : type('styles.xml', 'styles')}
      </Types>`,
    ),
    xml('_rels/.rels', relations(relation('rId1', 'officeDocument', 'xl/workbook.xml'))),
    xml(
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr ${properties}/><sheets>${list}</sheets></workbook>`,
    ),
    xml(
      'xl/_rels/workbook.xml.rels',
      relations(
        ...sheets.map((_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`)),
        texts === undefined ? '' : relation('rIdT', 'sharedStrings', '/xl/sharedStrings.xml'),
        styles === undefined ? '' : relation('rIdS', 'styles', 'styles.xml'),
      ),
    ),
    ...sheets.map(({ rows, behind = '' }, i) =>
      xml(
        `xl/worksheets/sheet${i + 1}.xml`,
        `<worksheet xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheetData>${rows}</sheetData>${behind}</worksheet>`,
      ),
    ),
    ...sheets.flatMap(({ relations: own }, i) =>
      own === undefined ? [] : [xml(`xl/worksheets/_rels/sheet${i + 1}.xml.rels`, relations(own))],
    ),
    ...(texts === undefined ? [] : [xml('xl/sharedStrings.xml', `<sst xmlns="${MAIN}">${texts}</sst>`)]),
    ...(styles === undefined ? [] : [xml('xl/styles.xml', `<styleSheet xmlns="${MAIN}">${styles}</styleSheet>`)]),
  ];
}

/** A workbook of one sheet whose cells are shared texts and plain numbers, as Excel stores what was typed. */
export function workbook(rows: (string | number)[][], sheet = 'Products'): Buffer {
  const texts = new Map<string, number>();
  const cell = (value: string | number, row: number, column: number) => {
    if (value === '') return '';
    const address = `${columnName(column)}${row + 1}`;
    if (typeof value === 'number') return `<c r="${address}"><v>${value}</v></c>`;
    if (!texts.has(value)) texts.set(value, texts.size);
    return `<c r="${address}" t="s"><v>${texts.get(value)}</v></c>`;
  };
  const data = rows.map((cells, row) => {
    const filled = cells.map((value, column) => cell(value, row, column)).join('');
    return filled === '' ? '' : `<row r="${row + 1}">${filled}</row>`;
  });
  const shared = [...texts.keys()].map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('');
  return zip(...workbookParts({ sheets: [{ name: sheet, rows: data.join('') }], texts: shared }));
}

/** 0 is A, 27 is AB. */
export function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

/** Text as it stands in a workbook's XML: what XML cannot hold, and what looks like its stand-in, as `_x000D_`. */
function escaped(text: string): string {
  const code = (character: string) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, code)
    .replace(/(?![\t\n])\p{Cc}|[\ufffe\uffff]/gu, code)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
