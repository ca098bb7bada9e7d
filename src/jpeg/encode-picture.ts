import { HUFFMAN_CODES, SYMBOL_COUNTS } from './codec/layout.ts';
import type { Codec } from './codec.ts';
import { huffmanCodes, optimalTable } from './huffman-encoding-table.ts';
import type { QuantizationTable } from './quantization-table.ts';
import { EOI, writeHeaders } from './write-markers.ts';

/**
 * Writes what the codec holds as a baseline JPEG, grey or 4:2:0, with the Huffman tables that fit it best.
 * @param size in pixels
 * @param quantization one table a component
 * @param start address of the first packed symbol
 * @param emptyBlock address of the symbols of a block without AC coefficients
 */
export function encodePicture(
  codec: Codec,
  { width, height }: { width: number; height: number },
  quantization: QuantizationTable[],
  start: number,
  emptyBlock: number,
): Buffer {
  const lumaSampling = quantization.length === 1 ? 1 : 2;
  const mcusWide = Math.ceil(width / (8 * lumaSampling));
  const mcusHigh = Math.ceil(height / (8 * lumaSampling));
  const end = codec.run.nextSymbol.value;
  codec.run.countSymbols(start, end, lumaSampling, mcusWide, mcusHigh);
  const counts = new Uint32Array(codec.run.memory.buffer, SYMBOL_COUNTS, 1_024).slice();
  // 0x10 ends a block whose last coefficient is not zero, and is coded as nothing.
  for (let symbol = 0x10; symbol < counts.length; symbol += 256) counts[symbol] = 0;
  const tables = [0, 1, 2, 3]
    .slice(0, lumaSampling * 2)
    .map((table) => optimalTable(counts.subarray(table << 8, (table + 1) << 8)));
  const codes = huffmanCodes(tables);
  codec.words(HUFFMAN_CODES, codes.length).set(codes);
  const bits = counts.reduce((sum, count, symbol) => sum + count * ((codes[symbol] ?? 0) & 31), 0);
  const size = Math.ceil(bits / 8) + 32;
  // Unstuffed first, then stuffed: at worst every byte is 0xFF and takes two.
  codec.makeRoom(end + 3 * size);
  const stop = codec.run.encodeScan(end, size, emptyBlock, lumaSampling, mcusWide, mcusHigh);
  const headers = writeHeaders(width, height, quantization, tables);
  return Buffer.concat([headers, codec.bytes(end + size, stop - end - size), EOI]);
}
