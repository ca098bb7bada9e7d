import type { EncodingTable } from './huffman-encoding-table.ts';
import type { QuantizationTable } from './quantization-table.ts';

/** End of image. */
export const EOI = Buffer.from([0xff, 0xd9]);

/**
 * Everything before the entropy-coded segment of a baseline file (T.81 B.2): start of image, quantization tables, frame
 * header, Huffman tables, scan header. No JFIF segment: component numbers 1, 2, 3 mean YCbCr to every decoder.
 * @param width in pixels @param height in pixels
 * @param quantization one table a component: one for grey, three for YCbCr
 * @param huffman DC and AC table of luma, then of chroma
 */
export function writeHeaders(
  width: number,
  height: number,
  quantization: QuantizationTable[],
  huffman: EncodingTable[],
): Buffer {
  const segment = (marker: number, ...body: number[]) => [
    0xff,
    marker,
    (body.length + 2) >> 8,
    (body.length + 2) & 255,
    ...body,
  ];
  const same = (a: QuantizationTable, b: QuantizationTable) => a.every((value, k) => value === b[k]);
  // Components with the same table share it.
  const tableOf = quantization.map((table) => quantization.findIndex((other) => same(table, other)));
  const components = quantization.map((_, index) => index);
  const grey = quantization.length === 1;
  return Buffer.from([
    ...[0xff, 0xd8],
    ...components
      .filter((index) => tableOf[index] === index)
      .flatMap((index) => segment(0xdb, index, ...(quantization[index] ?? []))),
    ...segment(
      0xc0,
      ...[8, height >> 8, height & 255, width >> 8, width & 255, quantization.length],
      ...components.flatMap((index) => [index + 1, index === 0 && !grey ? 0x22 : 0x11, tableOf[index] ?? 0]),
    ),
    ...huffman.flatMap(({ counts, symbols }, table) =>
      segment(0xc4, ((table & 1) << 4) | (table >> 1), ...counts, ...symbols),
    ),
    ...segment(
      0xda,
      quantization.length,
      ...components.flatMap((index) => [index + 1, index === 0 ? 0 : 0x11]),
      ...[0, 63, 0],
    ),
  ]);
}
