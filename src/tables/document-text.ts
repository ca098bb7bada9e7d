type Decoder = InstanceType<typeof TextDecoder>;

/** Enough for an XML declaration. */
const DECLARATION_BYTES = 200;

/**
 * The text of an XML or JSON document: in the encoding of its byte order mark, or as its first bytes show, or as an XML
 * declaration says, else in UTF-8 (XML 1.0, appendix F).
 * @param unknown makes the error for an encoding that nobody knows
 */
export async function* documentText(
  bytes: AsyncIterable<Uint8Array>,
  unknown: (label: string) => Error,
): AsyncGenerator<string, void, undefined> {
  let head = Buffer.alloc(0);
  let decoder: Decoder | undefined;
  for await (const chunk of bytes) {
    if (decoder) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < DECLARATION_BYTES) continue;
    decoder = decoderOf(head, unknown);
    yield decoder.decode(head, { stream: true });
  }
  if (decoder) yield decoder.decode();
  else yield decoderOf(head, unknown).decode(head);
}

function decoderOf(head: Buffer, unknown: (label: string) => Error): Decoder {
  const [first = 0, second = 0] = head;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return new TextDecoder('utf-16le');
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return new TextDecoder('utf-16be');
  const declaration = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)/.exec(
    head.toString('latin1', 0, DECLARATION_BYTES),
  );
  const label = declaration?.[1] ?? 'utf-8';
  // The declaration could not be read as ASCII if it were.
  if (/^utf-?16/i.test(label)) return new TextDecoder();
  try {
    return new TextDecoder(label);
  } catch {
    throw unknown(label);
  }
}
