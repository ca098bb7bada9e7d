import sax from 'sax';
import type { Problem } from '../domain/problem.ts';
import { documentText } from './document-text.ts';

/** Far more than any table needs; each one takes memory until its end tag, or its end, comes. */
const MOST_ATTRIBUTES = 1_000;
const MOST_LEVELS = 100;
/** Read at once: a cell of twenty bytes may stand for a text of 200,000 that many others share. */
const PIECE_CHARACTERS = 1_024;

/** What is done with the pieces of a document. Names come without their prefix: some writers put one before each. */
export interface XmlHandler {
  /** @param level of the tag: 1 for the root. @param written the name with its prefix */
  open?(name: string, attributes: Record<string, string>, level: number, written: string): void;
  /** Long texts come in pieces. */
  text?(text: string): void;
  close?(name: string, level: number): void;
}

/** How a document that cannot be read is refused. */
export interface XmlFaults {
  broken(cause?: unknown): Problem;
  refused(why: string): Problem;
}

/**
 * Reads an XML document piece by piece; the parser bounds names, attributes and texts to 64 KB at a time.
 * Only the entities of XML itself are known: a document type declaration, which could define more, is refused.
 * @returns pauses, one after each kilobyte, in which the caller takes away what the handler collected
 * @throws Problem as `faults` says
 */
export async function* readXml(
  bytes: AsyncIterable<Uint8Array>,
  handler: XmlHandler,
  faults: XmlFaults,
): AsyncGenerator<void, void, undefined> {
  // It looks at the lengths of its buffers as long as it keeps count of where it is.
  const parser = sax.parser(true, { position: true });
  let attributes = 0;
  let levels = 0;
  parser.onattribute = () => {
    if (++attributes > MOST_ATTRIBUTES) throw faults.broken();
  };
  parser.onopentag = (tag) => {
    attributes = 0;
    if (++levels > MOST_LEVELS) throw faults.broken();
    handler.open?.(local(tag.name), tag.attributes as Record<string, string>, levels, tag.name);
  };
  parser.ontext = (text) => handler.text?.(text);
  parser.oncdata = (text) => handler.text?.(text);
  parser.onclosetag = (name) => {
    handler.close?.(local(name), levels);
    levels--;
  };
  parser.ondoctype = () => {
    throw faults.refused('It holds a document type declaration, which no table needs.');
  };
  parser.onerror = (error) => {
    throw faults.broken(error);
  };
  const unknown = (label: string) =>
    faults.refused(`Its XML says that it is in "${label}", which is no known encoding.`);
  for await (const text of documentText(bytes, unknown)) {
    for (let at = 0; at < text.length; at += PIECE_CHARACTERS) {
      parser.write(text.slice(at, at + PIECE_CHARACTERS));
      yield;
    }
  }
  parser.close();
  yield;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The attribute of that name, whatever prefix it has. */
export function attribute(attributes: Record<string, string>, name: string): string | undefined {
  if (attributes[name] !== undefined) return attributes[name];
  return Object.entries(attributes).find(([written]) => local(written) === name)?.[1];
}
