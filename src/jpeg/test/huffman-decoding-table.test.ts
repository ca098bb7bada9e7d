import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodingTable, LOOKAHEAD_BITS } from '../huffman-decoding-table.ts';
import { multiSymbolLookup } from '../multi-symbol-lookup.ts';
import { requantization } from '../requantize.ts';

test('bits that begin no code are no code, also where several symbols are looked up at once', () => {
  // A single code, 00. Bits that begin otherwise were once read as an end of block.
  const table = decodingTable(Uint8Array.of(0, 1, ...new Array<number>(14).fill(0)), Uint8Array.of(0x01));
  const fine = new Uint8Array(64).fill(1);
  const { table: entries } = multiSymbolLookup(
    table,
    requantization(
      fine,
      fine.map(() => 40),
    ),
  );
  const begins = (bits: number) => bits >> (LOOKAHEAD_BITS - 2) === 0;
  assert.ok(entries.every((entry, bits) => (entry !== 0) === begins(bits)));
});
