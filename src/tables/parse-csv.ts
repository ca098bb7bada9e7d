import { pipeline } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { CsvError, type Parser, parse } from 'csv-parse';
import type { CsvLayout } from '../domain/product.ts';
import { BatchSize } from './records.ts';
import { RECORD_BYTES } from './row-too-long.ts';

/** Parsed before others get their turn: each byte may be a row. */
const PIECE_BYTES = 16_384;

/** What csv-parse has inside, which its types leave out: the row that it is in, and what it does at its end. */
interface Inside {
  state: {
    record: string[];
    expectedRecordLength: number;
    field: { buf: Buffer; length: number; append(byte: number): void; prepend(quote: Uint8Array): void };
  };
  __onRecord(push: unknown): unknown;
}

/**
 * The records of a CSV as the parser finds them, blank lines included, many at a time.
 * @param bytes in UTF-8
 * @param most records that are wanted; -1: all
 * @throws CsvError
 */
export async function* parseCsv(
  bytes: AsyncIterable<Uint8Array>,
  { delimiter, newline }: Pick<CsvLayout, 'delimiter' | 'newline'>,
  most = -1,
): AsyncGenerator<string[][], void, undefined> {
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: newline === '\r' ? ['\r\n', '\r', '\n'] : ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: RECORD_BYTES,
    to: most,
  });
  const { api } = parser as unknown as { api: Inside };
  inProportion(api);
  // The error reaches us through the iteration below.
  pipeline(pieces(bytes, parser, api), parser, () => undefined);
  let records: string[][] = [];
  const size = new BatchSize();
  for await (const record of parser) {
    records.push(record);
    if (!size.add(record)) continue;
    yield records;
    records = [];
  }
  yield records;
}

/** Lets csv-parse take time in proportion to the bytes, whatever they are. */
function inProportion(api: Inside): void {
  const { __onRecord: onRecord } = api;
  // For every row that is not as wide as the first one it would make an error, with its stack, only to forgive it.
  api.__onRecord = function (push) {
    this.state.expectedRecordLength = this.state.record.length;
    return onRecord.call(this, push);
  };
  // For every quote that opens a cell and does not close it, it would copy as much as the longest cell so far has.
  api.state.field.prepend = function (quote) {
    for (const byte of quote) this.append(byte);
    this.buf.copyWithin(quote.length, 0, this.length - quote.length);
    this.buf.set(quote);
  };
}

async function* pieces(
  bytes: AsyncIterable<Uint8Array>,
  { info, options }: Parser,
  { state }: Inside,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield chunk.subarray(at, at + PIECE_BYTES);
      await setImmediate();
      // The parser itself counts what stands in the cells: a row of nothing but delimiters has no end for it.
      if (state.record.length > RECORD_BYTES) {
        const { records, lines } = info;
        throw new CsvError('CSV_MAX_RECORD_SIZE', 'too many cells', options, { records, lines });
      }
    }
  }
}
