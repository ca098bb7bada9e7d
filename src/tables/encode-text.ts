import { isAscii } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import iconv from 'iconv-lite';

/** The name by which the library knows an encoding. */
function nameOf(encoding: string): string {
  // GBK and GB18030 are one encoding for whoever reads; only the latter has a code for every character.
  return encoding === 'gbk' ? 'gb18030' : encoding;
}

/**
 * Texts as bytes, in the encoding that a table came in.
 * @param encoding a WHATWG label
 */
export async function* encoded(
  texts: AsyncIterable<string>,
  encoding: string,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  // What writes files and answers takes UTF-8 as text.
  if (encoding === 'utf-8') return yield* texts;
  for await (const text of texts) yield encode(text, encoding);
}

function encode(text: string, encoding: string): Uint8Array {
  const wide = () => Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16le') return wide();
  if (encoding === 'utf-16be') return wide().swap16();
  return iconv.encode(text, nameOf(encoding));
}

/** Whether everything that a file holds can be written again in its encoding, its damaged bytes included. */
export async function encodesAll(bytes: AsyncIterable<Uint8Array>, encoding: string): Promise<boolean> {
  if (!iconv.encodingExists(nameOf(encoding))) return false;
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) {
    if (isAscii(chunk)) {
      const rest = decoder.decode(chunk, { stream: true });
      if (rest.includes('\ufffd')) return false;
      continue;
    }
    const text = decoder.decode(chunk, { stream: true });
    if (text.includes('\ufffd') || new TextDecoder(encoding).decode(encode(text, encoding)) !== text) return false;
    await setImmediate();
  }
  return !decoder.decode().includes('\ufffd');
}
