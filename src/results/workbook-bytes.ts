import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { rowXml } from './row-xml.ts';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Rows of a sheet of Excel; more go on in a further sheet. */
const MOST_ROWS = 1_048_576;
/** Rows are given to the packer once they make this many characters. */
const PIECE_CHARACTERS = 65_536;
/** Of zlib: about the size of the default, in a third of its time. */
const COMPRESSION = 3;
/** The same rows make the same bytes. */
const WRITTEN_AT = new Date(Date.UTC(1980, 0, 1));

/**
 * A workbook of texts and numbers as bytes, streamed: memory stays the same for any number of rows (ECMA-376 part 1, 18.3).
 * @param name of its sheet
 * @param batches rows, each a list of texts
 * @param mostRows of a sheet; the rest goes on in further sheets
 */
export async function* workbookBytes(
  name: string,
  batches: AsyncIterable<string[][]>,
  mostRows = MOST_ROWS,
): AsyncGenerator<Uint8Array, void, undefined> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const rows = new SheetRows(batches, mostRows);
  zip.on('error', (error) => output.destroy(error as Error));
  fill(zip, name, rows).catch((error) => output.destroy(error));
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    await rows.close();
  }
}

async function fill(zip: ZipFile, name: string, rows: SheetRows): Promise<void> {
  const options = { mtime: WRITTEN_AT, compressionLevel: COMPRESSION };
  const add = (part: string, xml: string) => zip.addBuffer(Buffer.from(XML + xml), part, options);
  // Every part of XML is a sheet unless it is named: how many there will be is not known before the last row.
  add(
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Default Extension="xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/></Types>`,
  );
  add('_rels/.rels', relations([relation(1, 'officeDocument', 'xl/workbook.xml')]));
  let sheets = 0;
  do {
    const sheet = Readable.from(rows.nextSheet());
    zip.addReadStream(sheet, `xl/worksheets/sheet${++sheets}.xml`, options);
    await finished(sheet);
  } while (!rows.done);
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1);
  const listed = numbers.map((number) => {
    const shown = number === 1 ? name : `${name} ${number}`;
    return `<sheet name="${shown}" sheetId="${number}" r:id="rId${number}"/>`;
  });
  add(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${listed.join('')}</sheets></workbook>`,
  );
  add(
    'xl/_rels/workbook.xml.rels',
    relations(numbers.map((number) => relation(number, 'worksheet', `worksheets/sheet${number}.xml`))),
  );
  zip.end();
}

function relation(number: number, type: string, target: string): string {
  return `<Relationship Id="rId${number}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
}

function relations(all: string[]): string {
  return `<Relationships xmlns="${PACKAGE}/relationships">${all.join('')}</Relationships>`;
}

/** Rows that are taken sheet by sheet. */
class SheetRows {
  done = false;
  readonly #batches: AsyncIterator<string[][]>;
  readonly #mostRows: number;
  #rows: string[][] = [];
  /** The next of them. */
  #at = 0;

  constructor(batches: AsyncIterable<string[][]>, mostRows: number) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#mostRows = mostRows;
  }

  async *nextSheet(): AsyncGenerator<Buffer, void, undefined> {
    let xml = `${XML}<worksheet xmlns="${MAIN}"><sheetData>`;
    for (let count = 0; count < this.#mostRows && (this.#at < this.#rows.length || (await this.#hasRow())); ) {
      xml += rowXml(this.#rows[this.#at++] ?? []);
      count++;
      if (xml.length < PIECE_CHARACTERS) continue;
      yield Buffer.from(xml);
      xml = '';
    }
    await this.#hasRow();
    yield Buffer.from(`${xml}</sheetData></worksheet>`);
  }

  close(): Promise<unknown> {
    return this.#batches.return?.() ?? Promise.resolve();
  }

  /** @returns whether there is a row */
  async #hasRow(): Promise<boolean> {
    while (this.#at === this.#rows.length && !this.done) {
      const { done, value } = await this.#batches.next();
      this.done = done === true;
      this.#rows = done ? [] : value;
      this.#at = 0;
    }
    return !this.done;
  }
}
