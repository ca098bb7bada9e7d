import { OUT_BLOCKS_WIDE } from './codec/layout.ts';
import type { Codec } from './codec.ts';
import { NATURAL_ORDER, type QuantizationTable } from './quantization-table.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** What makes a picture upright, in the words of libjpeg's jpegtran: first the flips, then the transposition. */
export interface Transform {
  flipHorizontal: boolean;
  flipVertical: boolean;
  transpose: boolean;
}

/** @param orientation 1 to 8 (Exif 2.32 section 4.6.4) */
export function transformOf(orientation: number): Transform {
  return {
    flipHorizontal: [2, 3, 7, 8].includes(orientation),
    flipVertical: [3, 4, 6, 7].includes(orientation),
    transpose: orientation > 4,
  };
}

/**
 * Makes sure that a flip needs no partial MCU at the left or at the top: a JPEG can hide the rest of an MCU only at the
 * right and at the bottom (jpegtran calls the others "perfect").
 * @param width in pixels @param height in pixels @param mcuSize side of the MCUs that are written, in pixels
 * @throws UnsupportedJpeg where it would
 */
export function assertPerfect(
  { flipHorizontal, flipVertical }: Transform,
  width: number,
  height: number,
  mcuSize: number,
): void {
  if ((flipHorizontal && width % mcuSize !== 0) || (flipVertical && height % mcuSize !== 0)) {
    throw new UnsupportedJpeg('orientation');
  }
}

/** The quantization table of a transformed component; as transposing twice changes nothing, also the way back. */
export function transformTable(table: QuantizationTable, { transpose }: Transform): QuantizationTable {
  return transpose ? table.map((_, k) => table[TRANSPOSED[k] ?? 0] ?? 0) : table;
}

/** Zig-zag index of each coefficient after transposition. */
const TRANSPOSED = NATURAL_ORDER.map((natural) => NATURAL_ORDER.indexOf(((natural & 7) << 3) | (natural >> 3)));

/** A transformed block may need up to three ZRL symbols more than before. */
const EXTRA_BYTES = 3 * 4;

/**
 * Transforms the blocks that are to be written: their order and their coefficients.
 * @param start address of the first packed symbol
 * @returns address of the first packed symbol of the transformed blocks
 */
export function transformComponents(
  codec: Codec,
  components: { address: number }[],
  transform: Transform,
  start: number,
): number {
  const horizontal = Number(transform.flipHorizontal);
  const vertical = Number(transform.flipVertical);
  const transpose = Number(transform.transpose);
  const { run } = codec;
  const symbolBytes = run.nextSymbol.value - start;
  codec.keep(run.nextSymbol.value);
  const map = codec.reserve(128);
  const outputs = components.map(({ address }) => {
    const [wide = 0, high = 0] = codec.words(address + OUT_BLOCKS_WIDE, 2);
    return { blocks: wide * high, dc: codec.reserve(wide * high * 2), symbols: codec.reserve(wide * high * 4) };
  });
  const blocks = outputs.reduce((sum, output) => sum + output.blocks, 0);
  const transformed = codec.reserve(symbolBytes + blocks * EXTRA_BYTES);
  // A flipped cosine of even frequency stays the same; one of odd frequency changes its sign.
  const negated = NATURAL_ORDER.map((natural) => (horizontal * natural + vertical * (natural >> 3)) & 1);
  codec.bytes(map, 128).set([...(transpose ? TRANSPOSED : TRANSPOSED.keys()), ...negated]);
  run.setNextSymbol(transformed);
  for (const [index, output] of outputs.entries()) {
    run.transformComponent(index, map, horizontal, vertical, transpose, output.dc, output.symbols);
  }
  return transformed;
}
