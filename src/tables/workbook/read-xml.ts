import sax from 'sax';
import { brokenWorkbook, notWorkbook } from './not-workbook.ts';

/** Far more than any workbook needs; each one takes memory until its end tag, or its end, comes. */
const MOST_ATTRIBUTES = 1_000;
const MOST_LEVELS = 100;
/** Read at once: a cell of twenty bytes may stand for a text of 200,000 that many others share. */
const PIECE_CHARACTERS = 1_024;

/** What is done with the pieces of a document. Names come without their prefix: some writers put one before each. */
export interface XmlHandler {
  open?(name: string, attributes: Record<string, string>): void;
  /** Long texts come in pieces. */
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads an XML part of a workbook piece by piece; the parser bounds names, attributes and texts to 64 KB at a time.
 * Only the entities of XML itself are known: a document type declaration, which could define more, is refused.
 * @returns pauses, one after each kilobyte, in which the caller takes away what the handler collected
 * @throws Problem `not_csv`
 */
export async function* readXml(
  bytes: AsyncIterable<Uint8Array>,
  handler: XmlHandler,
): AsyncGenerator<void, void, undefined> {
  // It looks at the lengths of its buffers as long as it keeps count of where it is.
  const parser = sax.parser(true, { position: true });
  let attributes = 0;
  let levels = 0;
  parser.onattribute = () => {
    if (++attributes > MOST_ATTRIBUTES) throw brokenWorkbook();
  };
  parser.onopentag = (tag) => {
    attributes = 0;
    if (++levels > MOST_LEVELS) throw brokenWorkbook();
    handler.open?.(local(tag.name), tag.attributes as Record<string, string>);
  };
  parser.ontext = (text) => handler.text?.(text);
  parser.oncdata = (text) => handler.text?.(text);
  parser.onclosetag = (name) => {
    levels--;
    handler.close?.(local(name));
  };
  parser.ondoctype = () => {
    throw notWorkbook('It holds a document type declaration, which no workbook needs.');
  };
  parser.onerror = (error) => {
    throw brokenWorkbook(error);
  };
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    for (let at = 0; at < text.length; at += PIECE_CHARACTERS) {
      parser.write(text.slice(at, at + PIECE_CHARACTERS));
      yield;
    }
  }
  parser.write(decoder.decode()).close();
  yield;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
