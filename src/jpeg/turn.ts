import { OUT_WIDE } from './codec/layout.ts';
import type { Codec } from './codec.ts';
import { NotTaken } from './not-taken.ts';
import { type Steps, ZIGZAG } from './quantisation.ts';

/** What makes a picture upright: it is mirrored, then its rows become columns. */
export interface Turn {
  mirroredAcross: boolean;
  mirroredDown: boolean;
  swapped: boolean;
}

/** @param orientation 1 to 8, as in Exif 2.32 section 4.6.4 */
export function turnOf(orientation: number): Turn {
  return {
    mirroredAcross: [2, 3, 7, 8].includes(orientation),
    mirroredDown: [3, 4, 6, 7].includes(orientation),
    swapped: orientation > 4,
  };
}

/**
 * @param side pixels of the MCUs that are written
 * @throws NotTaken where a part of one would come to lie at the left or at the top: only the last ones can be shown in part
 */
export function checkTurn({ mirroredAcross, mirroredDown }: Turn, width: number, height: number, side: number): void {
  if ((mirroredAcross && width % side !== 0) || (mirroredDown && height % side !== 0)) throw new NotTaken('turned');
}

/** Steps of a turned picture, or those that become them. */
export function turnSteps(steps: Steps, { swapped }: Turn): Steps {
  return swapped ? steps.map((_, place) => steps[SWAPPED[place] ?? 0] ?? 0) : steps;
}

/** Place of each coefficient with row and column swapped, both in the order of a file. */
const SWAPPED = ZIGZAG.map((natural) => ZIGZAG.indexOf(((natural & 7) << 3) | (natural >> 3)));

/** Tokens that a block can get by being turned: three of sixteen zeros. */
const BLOCK_BYTES = 3 * 4;

/**
 * Turns the blocks that are to be written, and what is in them.
 * @param start address of the first token
 * @returns the same afterwards
 */
export function turnLanes(codec: Codec, lanes: { address: number }[], turn: Turn, start: number): number {
  const across = Number(turn.mirroredAcross);
  const down = Number(turn.mirroredDown);
  const swapped = Number(turn.swapped);
  const { run } = codec;
  const tokenBytes = run.tokens.value - start;
  codec.keep(run.tokens.value);
  const places = codec.reserve(128);
  const planes = lanes.map(({ address }) => {
    const [wide = 0, high = 0] = codec.words(address + OUT_WIDE, 2);
    return { blocks: wide * high, dc: codec.reserve(wide * high * 2), start: codec.reserve(wide * high * 4) };
  });
  const blocks = planes.reduce((sum, plane) => sum + plane.blocks, 0);
  const turned = codec.reserve(tokenBytes + blocks * BLOCK_BYTES);
  // A mirrored cosine stays what it is where its frequency is even, and becomes its opposite where it is odd.
  const changes = ZIGZAG.map((natural) => (across * natural + down * (natural >> 3)) & 1);
  codec.bytes(places, 128).set([...(swapped ? SWAPPED : SWAPPED.keys()), ...changes]);
  run.setTokens(turned);
  for (const [part, plane] of planes.entries()) {
    run.turnPlane(part, places, across, down, swapped, plane.dc, plane.start);
  }
  return turned;
}
