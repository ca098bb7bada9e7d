import type { EncodingTable } from './encoding-table.ts';
import type { Steps } from './quantisation.ts';

/**
 * By table and symbol: bits of code and value together, and behind these 5 bits the code with zeros for its value (T.81
 * annex C).
 */
export function codesOf(tables: EncodingTable[]): Int32Array {
  const codes = new Int32Array(1_024);
  for (const [table, { counts, symbols }] of tables.entries()) {
    let code = 0;
    let index = 0;
    for (const [shorter, count] of counts.entries()) {
      for (let number = 0; number < count; number++) {
        const symbol = symbols[index++] ?? 0;
        const size = symbol & 15;
        codes[(table << 8) | symbol] = (code++ << (size + 5)) | (shorter + 1 + size);
      }
      code <<= 1;
    }
  }
  return codes;
}

/** Everything before the coded data (T.81 section B.2). */
export function writeHeader(width: number, height: number, steps: Steps[], tables: EncodingTable[]): Buffer {
  const segment = (marker: number, ...body: number[]) => [
    0xff,
    marker,
    (body.length + 2) >> 8,
    (body.length + 2) & 255,
    ...body,
  ];
  const same = (a: Steps, b: Steps) => a.every((step, index) => step === b[index]);
  const stepsOf = steps.map((table) => steps.findIndex((other) => same(table, other)));
  const components = steps.map((_, index) => index);
  const grey = steps.length === 1;
  return Buffer.from([
    ...[0xff, 0xd8],
    ...components
      .filter((index) => stepsOf[index] === index)
      .flatMap((index) => segment(0xdb, index, ...(steps[index] ?? []))),
    ...segment(
      0xc0,
      ...[8, height >> 8, height & 255, width >> 8, width & 255, steps.length],
      ...components.flatMap((index) => [index + 1, index === 0 && !grey ? 0x22 : 0x11, stepsOf[index] ?? 0]),
    ),
    ...tables.flatMap(({ counts, symbols }, table) =>
      segment(0xc4, ((table & 1) << 4) | (table >> 1), ...counts, ...symbols),
    ),
    ...segment(0xda, steps.length, ...components.flatMap((index) => [index + 1, index === 0 ? 0 : 0x11]), 0, 63, 0),
  ]);
}
