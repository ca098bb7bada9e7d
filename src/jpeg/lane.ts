import * as at from './codec/layout.ts';
import type { Codec } from './codec.ts';
import type { DecodingTable } from './decoding-table.ts';
import { leaps } from './leaps.ts';
import { NotTaken } from './not-taken.ts';
import { type Steps, stepsOf } from './quantisation.ts';
import type { Component, Frame, ScanPart } from './read-markers.ts';
import { fold, type Rule, requantise } from './requantise.ts';
import { type Turn, turnSteps } from './turn.ts';

/** What becomes of a component. */
export interface Lane {
  /** Address of what the codec knows of it. */
  address: number;
  /** Steps that are written, before the picture is turned. */
  steps: Steps;
  rule: Rule | undefined;
}

/**
 * Tells the codec of all components: brightness keeps its blocks, colour comes out at half the width and height of it.
 * @param quality of the result
 * @throws NotTaken where the brightness would stay as it is
 */
export function openLanes(codec: Codec, { components, progressive }: Frame, quality: number, turn: Turn): Lane[] {
  const [{ h, v } = { h: 1, v: 1 }] = components;
  return components.map((component, index): Lane => {
    const { wide, high, steps: from } = component;
    const wanted = turnSteps(stepsOf(quality, index === 0 ? 'brightness' : 'colour'), turn);
    const across = index > 0 && h === 1;
    const down = index > 0 && v === 1;
    const address = at.LANES + index * at.LANE_BYTES;
    const outWide = across ? Math.ceil(wide / 2) : wide;
    const outHigh = down ? Math.ceil(high / 2) : high;
    const halved = across || down;
    const rule = halved ? undefined : requantise(from, wanted);
    const steps = rule?.steps ?? wanted;
    // As coarse as wanted already: to keep the original is up to others.
    if (index === 0 && from.every((step, place) => step === steps[place])) throw new NotTaken('quality');
    const foldedBlocks = halved ? wide * (down ? 2 : 1) : 0;
    const foldedBytes = foldedBlocks * (512 >> (Number(across) + Number(down)));
    const words: [number, number][] = [
      [at.ACROSS, component.h],
      [at.DOWN, component.v],
      [at.WIDE, wide],
      [at.HIGH, high],
      [at.HALVE_ACROSS, Number(across)],
      [at.HALVE_DOWN, Number(down)],
      [at.TABLE, index === 0 ? 0x100 : 0x300],
      [at.DC_FROM, from[0] ?? 0],
      [at.DC_TO, steps[0] ?? 0],
      [at.OUT_WIDE, outWide],
      [at.OUT_HIGH, outHigh],
      [at.OUT_DC, codec.reserve(outWide * outHigh * 2)],
      [at.OUT_START, codec.reserve(outWide * outHigh * 4)],
      [at.FOLDED, codec.reserveZeros(foldedBytes)],
      [at.FOLDED_ROWS, codec.reserveZeros(foldedBlocks)],
      [at.COEFFICIENTS, progressive ? codec.reserveZeros(wide * high * 128) : 0],
      [at.PLACES, progressive ? codec.reserveZeros(wide * high * 8) : 0],
    ];
    const lane = codec.words(address, at.LANE_BYTES / 4);
    for (const [offset, value] of words) lane[offset / 4] = value;
    if (rule) codec.words(address + at.FACTOR, rule.factor.length).set(rule.factor);
    else setFold(codec, address, component, wanted, across, down);
    return { address, steps, rule };
  });
}

function setFold(
  codec: Codec,
  address: number,
  { steps }: Component,
  wanted: Steps,
  across: boolean,
  down: boolean,
): void {
  const { factor, place } = fold(steps, across, down);
  const words = codec.words(address + at.FOLD, 64 * 4);
  const doubles = codec.doubles(address + at.FOLD, 64 * 2);
  for (const [index, target] of place.entries()) {
    doubles[index * 2] = factor[index] ?? 0;
    words[index * 4 + 2] = target * 8;
    words[index * 4 + 3] = factor[index] === 0 ? 0 : 1 << (target >> (across ? 2 : 3));
  }
  codec.doubles(address + at.OUT_FACTOR, 64).set(Float64Array.from(wanted, (step) => 1 / step));
  const weakest = codec.doubles(address + at.WEAKEST, 65).fill(Number.POSITIVE_INFINITY);
  for (let index = 63; index > 0; index--) {
    weakest[index] = Math.min(weakest[index + 1] ?? 0, ((wanted[index] ?? 0) / 2) ** 2);
  }
}

/** Tables that a scan names for a component. */
export function setTables(codec: Codec, { address, rule }: Lane, { dc, ac }: ScanPart, progressive: boolean): void {
  if (dc) {
    codec.words(address + at.SHORT, dc.short.length).set(dc.short);
    setLong(codec, address + at.LONG_DC, dc);
  }
  if (!ac) return;
  setLong(codec, address + at.LONG_AC, ac);
  codec.words(address + at.JUMPS, ac.jumps.length).set(progressive ? ac.short : ac.jumps);
  if (progressive || !rule) return;
  const { table, from } = leaps(ac, rule);
  codec.words(address + at.LEAPS, table.length).set(table);
  codec.words(address + at.LEAPS_FROM, 1)[0] = from;
}

function setLong(codec: Codec, address: number, { ends, offsets, symbols }: DecodingTable): void {
  codec.words(address, ends.length).set(ends);
  codec.words(address + at.LONG_OFFSETS, offsets.length).set(offsets);
  codec.bytes(address + at.LONG_SYMBOLS, symbols.length).set(symbols);
}
