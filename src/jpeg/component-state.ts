import * as layout from './codec/layout.ts';
import type { Codec } from './codec.ts';
import { reduction } from './downsample.ts';
import type { Component, Frame, ScanComponent } from './frame.ts';
import type { DecodingTable } from './huffman-decoding-table.ts';
import { multiSymbolLookup } from './multi-symbol-lookup.ts';
import { type QuantizationTable, standardTable } from './quantization-table.ts';
import { type Requantization, requantization } from './requantize.ts';
import { type Transform, transformTable } from './transform.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** A component on its way through the codec. */
export interface ComponentState {
  /** Address of its state in the codec. */
  address: number;
  /** The quantization table to write, before the transform. */
  quantization: QuantizationTable;
  /** Undefined where it is downsampled: then it is quantized anew. */
  requantization: Requantization | undefined;
}

/**
 * Sets up the state of all components: luma keeps its blocks, chroma is downsampled to half of luma's width and height.
 * @param quality of the result, 1 to 100
 * @throws UnsupportedJpeg where luma would stay as it is
 */
export function setUpComponents(
  codec: Codec,
  { components, progressive }: Frame,
  quality: number,
  transform: Transform,
): ComponentState[] {
  const [{ h, v } = { h: 1, v: 1 }] = components;
  return components.map((component, index): ComponentState => {
    const { blocksWide, blocksHigh, quantization: from } = component;
    const wanted = transformTable(standardTable(quality, index === 0 ? 'luma' : 'chroma'), transform);
    const horizontal = index > 0 && h === 1;
    const vertical = index > 0 && v === 1;
    const address = layout.COMPONENTS + index * layout.COMPONENT_BYTES;
    const outWide = horizontal ? Math.ceil(blocksWide / 2) : blocksWide;
    const outHigh = vertical ? Math.ceil(blocksHigh / 2) : blocksHigh;
    const downsampled = horizontal || vertical;
    const change = downsampled ? undefined : requantization(from, wanted);
    const quantization = change?.table ?? wanted;
    // As coarse as wanted already: whether the original is kept is for the caller to decide.
    if (index === 0 && from.every((quant, k) => quant === quantization[k])) throw new UnsupportedJpeg('quality');
    const reducedBlocks = downsampled ? blocksWide * (vertical ? 2 : 1) : 0;
    const reducedBytes = reducedBlocks * (512 >> (Number(horizontal) + Number(vertical)));
    const words: [offset: number, value: number][] = [
      [layout.H_SAMPLING, component.h],
      [layout.V_SAMPLING, component.v],
      [layout.BLOCKS_WIDE, blocksWide],
      [layout.BLOCKS_HIGH, blocksHigh],
      [layout.DOWNSAMPLE_H, Number(horizontal)],
      [layout.DOWNSAMPLE_V, Number(vertical)],
      [layout.AC_TABLE, index === 0 ? 0x100 : 0x300],
      [layout.DC_QUANT_IN, from[0] ?? 0],
      [layout.DC_QUANT_OUT, quantization[0] ?? 0],
      [layout.OUT_BLOCKS_WIDE, outWide],
      [layout.OUT_BLOCKS_HIGH, outHigh],
      [layout.OUT_DC, codec.reserve(outWide * outHigh * 2)],
      [layout.OUT_SYMBOLS, codec.reserve(outWide * outHigh * 4)],
      [layout.REDUCED_BLOCKS, codec.reserveZeros(reducedBytes)],
      [layout.REDUCED_ROW_MASKS, codec.reserveZeros(reducedBlocks)],
      [layout.COEFFICIENTS, progressive ? codec.reserveZeros(blocksWide * blocksHigh * 128) : 0],
      [layout.NONZERO_MASKS, progressive ? codec.reserveZeros(blocksWide * blocksHigh * 8) : 0],
    ];
    const state = codec.words(address, layout.COMPONENT_BYTES / 4);
    for (const [offset, value] of words) state[offset / 4] = value;
    if (change) codec.words(address + layout.FACTORS, change.factors.length).set(change.factors);
    else setReduction(codec, address, component, wanted, horizontal, vertical);
    return { address, quantization, requantization: change };
  });
}

function setReduction(
  codec: Codec,
  address: number,
  { quantization }: Component,
  wanted: QuantizationTable,
  horizontal: boolean,
  vertical: boolean,
): void {
  const { weights, targets } = reduction(quantization, horizontal, vertical);
  const words = codec.words(address + layout.REDUCTION, 64 * 4);
  const doubles = codec.doubles(address + layout.REDUCTION, 64 * 2);
  for (const [k, target] of targets.entries()) {
    doubles[k * 2] = weights[k] ?? 0;
    words[k * 4 + 2] = target * 8;
    words[k * 4 + 3] = weights[k] === 0 ? 0 : 1 << (target >> (horizontal ? 2 : 3));
  }
  codec.doubles(address + layout.OUT_RECIPROCALS, 64).set(Float64Array.from(wanted, (quant) => 1 / quant));
  const thresholds = codec.doubles(address + layout.ENERGY_THRESHOLDS, 65).fill(Number.POSITIVE_INFINITY);
  for (let k = 63; k > 0; k--) {
    thresholds[k] = Math.min(thresholds[k + 1] ?? 0, ((wanted[k] ?? 0) / 2) ** 2);
  }
}

/** Sets the Huffman tables that a scan selects for a component. */
export function setHuffmanTables(
  codec: Codec,
  { address, requantization }: ComponentState,
  { dc, ac }: ScanComponent,
  progressive: boolean,
): void {
  if (dc) {
    codec.words(address + layout.DC_LOOKUP, dc.lookup.length).set(dc.lookup);
    setLongCodes(codec, address + layout.DC_LONG_CODES, dc);
  }
  if (!ac) return;
  setLongCodes(codec, address + layout.AC_LONG_CODES, ac);
  codec.words(address + layout.AC_LOOKUP, ac.acLookup.length).set(progressive ? ac.lookup : ac.acLookup);
  if (progressive || !requantization) return;
  const { table, from } = multiSymbolLookup(ac, requantization);
  codec.words(address + layout.MULTI_SYMBOL_LOOKUP, table.length).set(table);
  codec.words(address + layout.MULTI_SYMBOL_FROM, 1)[0] = from;
}

function setLongCodes(codec: Codec, address: number, { bounds, offsets, symbols }: DecodingTable): void {
  codec.words(address, bounds.length).set(bounds);
  codec.words(address + layout.LONG_CODE_OFFSETS, offsets.length).set(offsets);
  codec.bytes(address + layout.LONG_CODE_SYMBOLS, symbols.length).set(symbols);
}
