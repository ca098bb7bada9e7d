import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import { RECORD_BYTES, rowTooLong } from '../row-too-long.ts';
import type { TableRecord } from '../write-records.ts';
import { flattenObject, MOST_LEVELS, tooDeep } from './flatten-object.ts';
import { notJson } from './not-json.ts';

/** Parsed before what was found is handed on. */
const PIECE_CHARACTERS = 16_384;

/** Numbers as they are written: ids of 20 digits and prices such as 1.50 are no numbers to count with. */
class TextualTokenizer extends Tokenizer {
  protected override parseNumber(written: string): number {
    return written as unknown as number;
  }
}

/**
 * The objects of an array piece by piece; or, of an object, those of the first array in it, as in `{"products": […]}`.
 * @param text of a JSON document
 * @returns each with its number, from 1
 * @throws Problem `not_csv`, `row_too_long`
 */
export async function* parseArray(text: AsyncIterable<string>): AsyncGenerator<TableRecord[], void, undefined> {
  const reader = new ArrayReader();
  for await (const chunk of text) {
    for (let at = 0; at < chunk.length; at += PIECE_CHARACTERS) {
      reader.write(chunk.slice(at, at + PIECE_CHARACTERS));
      yield reader.take();
    }
  }
  reader.end();
  yield reader.take();
}

class ArrayReader {
  readonly #tokenizer = new TextualTokenizer();
  #parser: TokenParser | undefined;
  #records: TableRecord[] = [];
  #count = 0;
  #isObject = false;
  #levels = 0;
  /** Member of the outer object that holds the array. */
  #member: string | undefined;
  /** Characters since the last product ended. */
  #open = 0;
  #thrown: unknown;

  take(): TableRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  write(piece: string): void {
    const text = this.#parser ? piece : piece.trimStart();
    if (text === '') return;
    if (!this.#parser) {
      this.#isObject = text.startsWith('{');
      this.#parser = this.#begin();
    }
    if (this.#tokenizer.isEnded) {
      if (text.trim() !== '') throw notJson(1, 'Something stands behind its end.');
      return;
    }
    this.#open += text.length;
    this.#guard(() => this.#tokenizer.write(text));
    if (this.#open > 2 * RECORD_BYTES) throw rowTooLong(this.#count + 1);
  }

  end(): void {
    if (!this.#parser) return;
    this.#guard(() => {
      if (!this.#tokenizer.isEnded) this.#tokenizer.end();
    });
    if (!this.#parser.isEnded) throw this.#broken();
    if (this.#isObject && this.#count === 0) {
      throw notJson(
        1,
        'It is an object that holds no list of products. Upload an array of objects, one for each product.',
      );
    }
  }

  #begin(): TokenParser {
    const parser = new TokenParser({ paths: [this.#isObject ? '$.*.*' : '$.*'], keepStack: false });
    this.#tokenizer.onToken = (token) => {
      this.#countLevels(token.token);
      parser.write(token);
    };
    parser.onEnd = () => {
      if (!this.#tokenizer.isEnded) this.#tokenizer.end();
    };
    parser.onValue = ({ value, key, stack }) => {
      this.#open = 0;
      if (this.#isObject) {
        const member = String(stack[1]?.key);
        // What else the object holds says how many products there are, or where the next page is.
        if (typeof key !== 'number' || (this.#member ?? member) !== member) return;
        this.#member = member;
      }
      this.#add(value);
    };
    return parser;
  }

  /** Before the parser takes them in: each level costs it memory, and those who walk through them their stack. */
  #countLevels(token: TokenType): void {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) this.#levels++;
    else if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.#levels--;
    if (this.#levels <= MOST_LEVELS + 2) return;
    this.#thrown = tooDeep(this.#count + 1);
    throw this.#thrown;
  }

  #add(value: unknown): void {
    try {
      const line = ++this.#count;
      this.#records.push({ line, members: flattenObject(value, line) });
    } catch (error) {
      // The parser would take it for an error of its own.
      this.#thrown ??= error;
      throw error;
    }
  }

  #guard(parse: () => void): void {
    try {
      parse();
    } catch (error) {
      throw this.#thrown ?? this.#broken(error);
    }
  }

  #broken(cause?: unknown) {
    const after = this.#count === 0 ? 'at its beginning' : `after product ${this.#count}`;
    return notJson(Math.max(1, this.#count), `It is no valid JSON ${after}. Export it again.`, cause);
  }
}
