import { fileProblem, type Problem } from '../../domain/problem.ts';
import { Allowance } from '../inflate.ts';
import { readXml, type XmlFaults } from '../read-xml.ts';
import { RECORD_BYTES, rowTooLong } from '../row-too-long.ts';
import { type TableRecord, writeRecords } from '../write-records.ts';

/** What a product is called in RSS and in Atom. */
const PRODUCTS = new Set(['item', 'entry']);
/** Written as one text, where a product has several. */
const JOIN = ',';

/**
 * Writes the products of a feed for Google Merchant Center, in RSS or Atom, as rows into a new file. Members of a product
 * are columns by their names without the prefix, `g:` in most feeds; members within members are `a.b`; what is there
 * several times, such as `additional_image_link`, is joined by commas.
 * @throws Problem `not_csv`, `empty_file`, `row_too_long`, `csv_too_large`, `too_many_columns`
 */
export async function writeFeedRows(bytes: AsyncIterable<Uint8Array>, to: string, csvBytes: number): Promise<void> {
  await writeRecords(to, recordsOf(bytes), new Allowance(csvBytes), columnName);
}

async function* recordsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TableRecord[], void, undefined> {
  const reader = new FeedReader();
  for await (const _ of readXml(bytes, reader, FEED_XML)) yield reader.take();
  if (reader.count === 0)
    throw notFeed('It holds no products, which are <item> or <entry> elements with <g:image_link>.');
}

/**
 * A prefixed name without its prefix; the same name without one, as RSS and Atom have `title` and `link` of their own,
 * only where it stands for nothing else.
 */
function columnName(written: string, all: ReadonlyMap<string, number>): string {
  const bare = withoutPrefix(written);
  if (bare !== written) return bare;
  const prefixed = Array.from(all.keys()).some((other) => other !== written && withoutPrefix(other) === written);
  return prefixed ? `feed.${written}` : written;
}

function withoutPrefix(written: string): string {
  return written
    .split('.')
    .map((part) => part.slice(part.indexOf(':') + 1))
    .join('.');
}

class FeedReader {
  count = 0;
  #records: TableRecord[] = [];
  #members = new Map<string, string[]>();
  /** Level of the product that is open; 0: none. */
  #product = 0;
  /** Names from the product down to the member that is open. */
  #path: string[] = [];
  #text = '';
  #bytes = 0;

  take(): TableRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  open(name: string, attributes: Record<string, string>, level: number, written: string): void {
    if (this.#product === 0) {
      if (!PRODUCTS.has(name.toLowerCase())) return;
      this.#product = level;
      this.#members = new Map();
      this.#bytes = 0;
      this.count++;
      return;
    }
    this.#path.push(written);
    this.#text = '';
    // In Atom a link is an attribute (RFC 4287, 4.2.7).
    if (attributes.href !== undefined) this.text(attributes.href);
  }

  text(piece: string): void {
    if (this.#product === 0) return;
    this.#text += piece;
    this.#bytes += piece.length;
    if (this.#bytes > RECORD_BYTES) throw rowTooLong(this.count);
  }

  close(_name: string, level: number): void {
    if (this.#product === 0) return;
    if (level === this.#product) {
      this.#end();
      return;
    }
    const text = this.#text.trim();
    if (text !== '') {
      const name = this.#path.join('.');
      const texts = this.#members.get(name);
      if (texts) texts.push(text);
      else this.#members.set(name, [text]);
    }
    this.#path.pop();
    this.#text = '';
  }

  #end(): void {
    const members = Array.from(this.#members, ([name, texts]): [string, string] => [name, texts.join(JOIN)]);
    this.#records.push({ line: this.count, members });
    this.#product = 0;
    this.#path = [];
  }
}

function notFeed(why: string, cause?: unknown): Problem {
  return fileProblem('not_csv', { cause }, { why: `The file cannot be read as a product feed in XML. ${why}` });
}

const FEED_XML: XmlFaults = {
  broken: (cause) => notFeed('It is damaged or incomplete. Export it again.', cause),
  refused: notFeed,
};
