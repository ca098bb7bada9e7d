/** Where sRGB has its primaries, under the white of a profile (D50), as every program writes them. */
const PRIMARIES: Record<string, [number, number, number]> = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};
const PRIMARY_TOLERANCE = 0.001;

/** Half a level of 255: less does not show in 8 bits. */
const CURVE_TOLERANCE = 0.5 / 255;

/**
 * Whether a profile says no more than sRGB: its primaries, its curves, and no table that would be used instead
 * (ICC.1:2022 sections 8.3 and 10). Names are not looked at; anybody may write them. A damaged one says nothing.
 */
export function isSrgb(profile: Buffer): boolean {
  try {
    return saysSrgb(profile);
  } catch (error) {
    // An offset leads out of it.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function saysSrgb(profile: Buffer): boolean {
  if (profile.length < 132 || profile.toString('latin1', 16, 24) !== 'RGB XYZ ') return false;
  const tags = new Map<string, Buffer>();
  for (let at = 132; at < 132 + 12 * profile.readUInt32BE(128); at += 12) {
    const [start, size] = [profile.readUInt32BE(at + 4), profile.readUInt32BE(at + 8)];
    if (start + size > profile.length) return false;
    tags.set(profile.toString('latin1', at, at + 4), profile.subarray(start, start + size));
  }
  if ([...tags.keys()].some((name) => /^(A2B|B2A|D2B|B2D)/.test(name))) return false;
  const primaries = Object.entries(PRIMARIES).every(([name, [x, y, z]]) => {
    const tag = tags.get(name);
    if (tag?.toString('latin1', 0, 4) !== 'XYZ ') return false;
    return [x, y, z].every((value, index) => Math.abs(fixed(tag, 8 + 4 * index) - value) < PRIMARY_TOLERANCE);
  });
  return primaries && ['rTRC', 'gTRC', 'bTRC'].every((name) => isSrgbCurve(tags.get(name)));
}

function isSrgbCurve(tag: Buffer | undefined): boolean {
  const curve = tag && readCurve(tag);
  if (!curve) return false;
  for (let level = 0; level <= 255; level++) {
    const light = curve(level / 255);
    const back = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
    if (!(Math.abs(back - level / 255) < CURVE_TOLERANCE)) return false;
  }
  return true;
}

/** A curve with points (section 10.6), or one of the two formulas that sRGB can be written in (section 10.18). */
function readCurve(tag: Buffer): ((value: number) => number) | undefined {
  const type = tag.toString('latin1', 0, 4);
  if (type === 'curv') {
    const last = tag.readUInt32BE(8) - 1;
    if (last < 1) return undefined;
    const point = (index: number) => tag.readUInt16BE(12 + 2 * index) / 65_535;
    return (value) => {
      const index = Math.min(last - 1, Math.floor(value * last));
      return point(index) + (point(index + 1) - point(index)) * (value * last - index);
    };
  }
  const kind = tag.readUInt16BE(8);
  if (type !== 'para' || (kind !== 3 && kind !== 4)) return undefined;
  const [g = 0, a = 0, b = 0, c = 0, d = 0] = [12, 16, 20, 24, 28].map((at) => fixed(tag, at));
  const [e, f] = kind === 4 ? [fixed(tag, 32), fixed(tag, 36)] : [0, 0];
  return (value) => (value >= d ? (a * value + b) ** g + e : c * value + f);
}

/** s15Fixed16Number (section 4.6). */
function fixed(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) / 65_536;
}
