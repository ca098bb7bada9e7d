import { deflateSync } from 'node:zlib';
import { pngChunk, withChunks } from './pictures.ts';

type Xyz = [number, number, number];

/** Where primaries lie under the white of profiles, D50: red, green, blue. */
const PRIMARIES: Record<'srgb' | 'p3' | 'adobe' | 'prophoto', [Xyz, Xyz, Xyz]> = {
  srgb: [
    [0.43607, 0.22249, 0.01392],
    [0.38515, 0.71687, 0.09708],
    [0.14307, 0.06061, 0.7141],
  ],
  p3: [
    [0.51512, 0.2412, -0.00105],
    [0.29198, 0.69225, 0.04189],
    [0.1571, 0.06657, 0.78407],
  ],
  prophoto: [
    [0.79767, 0.28804, 0],
    [0.13519, 0.71188, 0],
    [0.03135, 0.00009, 0.82491],
  ],
  adobe: [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
};
const WHITE: Xyz = [0.9642, 1, 0.82491];

/** A profile of three primaries and a curve, or of a curve alone (ICC.1:2022 sections 8.3 and 8.4). */
export function iccProfile(primaries: keyof typeof PRIMARIES | 'grey', gamma: number | 'srgb'): Buffer {
  const curve = gamma === 'srgb' ? srgbCurve() : powerCurve(gamma);
  const tags: [string, Buffer][] = [
    ['desc', description()],
    ['cprt', text('none')],
    ['wtpt', xyz(WHITE)],
  ];
  if (primaries === 'grey') tags.push(['kTRC', curve]);
  else {
    for (const [index, name] of ['r', 'g', 'b'].entries()) {
      tags.push([`${name}XYZ`, xyz(PRIMARIES[primaries][index] ?? WHITE)], [`${name}TRC`, curve]);
    }
  }
  return assemble(primaries === 'grey' ? 'GRAY' : 'RGB ', tags);
}

/** A PNG with its profile (PNG, third edition, section 11.3.2.3). */
export function withProfile(png: Buffer, profile: Buffer): Buffer {
  return withChunks(png, pngChunk('iCCP', Buffer.concat([Buffer.from('test\0\0'), deflateSync(profile)])));
}

function assemble(space: string, tags: [string, Buffer][]): Buffer {
  const start = 132 + 12 * tags.length;
  const header = Buffer.alloc(start);
  header.writeUInt32BE(0x02400000, 8);
  header.write(`mntr${space}XYZ `, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  for (const [index, value] of WHITE.entries()) header.writeInt32BE(Math.round(value * 65_536), 68 + 4 * index);
  header.writeUInt32BE(tags.length, 128);
  let at = start;
  for (const [index, [name, data]] of tags.entries()) {
    header.write(name, 132 + 12 * index, 'latin1');
    header.writeUInt32BE(at, 136 + 12 * index);
    header.writeUInt32BE(data.length, 140 + 12 * index);
    at += data.length;
  }
  header.writeUInt32BE(at, 0);
  return Buffer.concat([header, ...tags.map(([, data]) => data)]);
}

function xyz(values: Xyz): Buffer {
  const tag = Buffer.alloc(20);
  tag.write('XYZ ', 'latin1');
  for (const [index, value] of values.entries()) tag.writeInt32BE(Math.round(value * 65_536), 8 + 4 * index);
  return tag;
}

function powerCurve(gamma: number): Buffer {
  const tag = Buffer.alloc(16);
  tag.write('curv', 'latin1');
  tag.writeUInt32BE(1, 8);
  tag.writeUInt16BE(Math.round(gamma * 256), 12);
  return tag;
}

function srgbCurve(): Buffer {
  const tag = Buffer.alloc(32);
  tag.write('para', 'latin1');
  tag.writeUInt16BE(3, 8);
  const formula = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];
  for (const [index, value] of formula.entries()) tag.writeInt32BE(Math.round(value * 65_536), 12 + 4 * index);
  return tag;
}

function text(value: string): Buffer {
  const tag = Buffer.alloc(Math.ceil((9 + value.length) / 4) * 4);
  tag.write('text', 'latin1');
  tag.write(value, 8, 'latin1');
  return tag;
}

/** textDescriptionType of version 2: its name, then an empty one in Unicode and one in a script of the Macintosh. */
function description(): Buffer {
  const tag = Buffer.alloc(96);
  tag.write('desc', 'latin1');
  tag.writeUInt32BE(5, 8);
  tag.write('test', 12, 'latin1');
  return tag;
}
