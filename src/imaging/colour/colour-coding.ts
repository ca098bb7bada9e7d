import { SDR_WHITE, toneMap } from './tone-map.ts';

/** A row of three numbers for each of red, green and blue. */
type Matrix = readonly [Row, Row, Row];
type Row = readonly [number, number, number];

/** What the numbers of a picture mean where no colour profile says so. */
export interface ColourCoding {
  /** Light of a sample, 0 to 1, where 1 is the white of an ordinary screen; brighter than that in HDR. */
  toLight(sample: number): number;
  /** Takes light to the primaries of sRGB; undefined where it has these. */
  toSrgb: Matrix | undefined;
  hdr?: Hdr;
}

/** How the light of HDR is brought to an ordinary screen. */
interface Hdr {
  /** By what factor light is multiplied; its channels are in the primaries of ITU-R BT.2020. */
  factor(red: number, green: number, blue: number): number;
  /** Takes light to these primaries. */
  toBt2020: Matrix;
}

/** Chromaticities x and y of red, green, blue and white. */
export type Chromaticities = readonly [number, number, number, number, number, number, number, number];

const D65 = [0.3127, 0.329] as const;
const BT2020: Chromaticities = [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, ...D65];
const SRGB: Chromaticities = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, ...D65];

/** Colour primaries by their number (ITU-T H.273 table 2) that differ from those of sRGB, which are 1. */
const PRIMARIES: Record<number, Chromaticities> = {
  4: [0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.31, 0.316],
  5: [0.64, 0.33, 0.29, 0.6, 0.15, 0.06, ...D65],
  6: [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...D65],
  7: [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...D65],
  9: BT2020,
  11: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351],
  12: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, ...D65],
};

/** Transfer characteristics by their number (ITU-T H.273 table 3) that differ from sRGB, as browsers see it. */
const TRANSFERS: Record<number, (sample: number) => number> = {
  4: (sample) => sample ** 2.2,
  5: (sample) => sample ** 2.8,
  8: (sample) => sample,
  16: perceptualQuantizer,
  18: hybridLogGamma,
};

/**
 * The coding that numbers of ITU-T H.273 name, as `nclx` boxes and `cICP` chunks hold them.
 * @param peak the brightest light of an HDR picture in cd/m², where the file says it
 * @returns undefined where that is sRGB, or unknown
 */
export function cicpCoding(primaries: number, transfer: number, peak?: number): ColourCoding | undefined {
  const chromaticities = PRIMARIES[primaries];
  const toLight = TRANSFERS[transfer];
  const isHdr = transfer === 16 || transfer === 18;
  if (!chromaticities && !toLight) return undefined;
  return {
    toLight: toLight ?? srgbToLight,
    toSrgb: chromaticities && matrixBetween(chromaticities, SRGB),
    ...(isHdr && {
      hdr: {
        factor: transfer === 18 ? hlgFactor(peak) : pqFactor(peak),
        toBt2020: matrixBetween(chromaticities ?? SRGB, BT2020),
      },
    }),
  };
}

/** The coding by a gamma, and by chromaticities where they are not those of sRGB. @param gamma of light, such as 2.2 */
export function gammaCoding(gamma: number, chromaticities: Chromaticities | undefined): ColourCoding {
  const same = !chromaticities || chromaticities.every((value, at) => Math.abs(value - (SRGB[at] ?? 0)) < 0.001);
  const toSrgb = same ? undefined : matrixBetween(chromaticities, SRGB);
  return { toLight: (sample) => sample ** gamma, toSrgb };
}

export function srgbToLight(sample: number): number {
  return sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4;
}

export function lightToSrgb(light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
}

/** ITU-R BT.2100 table 4. */
function perceptualQuantizer(sample: number): number {
  const power = sample ** (1 / 78.84375);
  const light = (Math.max(0, power - 0.8359375) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125);
  return (light * 10_000) / SDR_WHITE;
}

/** By the brightest channel, so that colours keep their hue. */
function pqFactor(peak: number | undefined): Hdr['factor'] {
  const map = toneMap(peak);
  return (red, green, blue) => map(Math.max(red, green, blue));
}

/** Light of the scene, 0 to 1 (ITU-R BT.2100 table 5). */
function hybridLogGamma(sample: number): number {
  return sample <= 0.5 ? sample ** 2 / 3 : (Math.exp((sample - 0.55991073) / 0.17883277) + 0.28466892) / 12;
}

/** The system gamma 1.2 makes light of a screen of 1,000 cd/m² from that of the scene (ITU-R BT.2100 table 5, OOTF). */
function hlgFactor(peak: number | undefined): Hdr['factor'] {
  const map = toneMap(peak);
  return (red, green, blue) => {
    const luminance = 0.2627 * red + 0.678 * green + 0.0593 * blue;
    const screen = (Math.max(0, luminance) ** 0.2 * 1_000) / SDR_WHITE;
    return screen * map(screen * Math.max(red, green, blue));
  };
}

function matrixBetween(from: Chromaticities, to: Chromaticities): Matrix {
  return multiply(inverse(toXyz(to)), multiply(adaptation(from), toXyz(from)));
}

/** Light of red, green and blue to CIE XYZ: the columns are the primaries, scaled so that together they are the white. */
function toXyz([rx, ry, gx, gy, bx, by, wx, wy]: Chromaticities): Matrix {
  const columns: Matrix = [
    [rx / ry, gx / gy, bx / by],
    [1, 1, 1],
    [(1 - rx - ry) / ry, (1 - gx - gy) / gy, (1 - bx - by) / by],
  ];
  const scale = apply(inverse(columns), [wx / wy, 1, (1 - wx - wy) / wy]);
  return columns.map((row) => row.map((value, at) => value * (scale[at] ?? 0))) as unknown as Matrix;
}

const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** White stays white: Bradford's adaptation to the white of sRGB. */
function adaptation(chromaticities: Chromaticities): Matrix {
  const cone = (x: number, y: number) => apply(BRADFORD, [x / y, 1, (1 - x - y) / y]);
  const from = cone(chromaticities[6], chromaticities[7]);
  const to = cone(...D65);
  const scale = BRADFORD.map((row, at) => row.map((value) => (value * (to[at] ?? 1)) / (from[at] ?? 1)));
  return multiply(inverse(BRADFORD), scale as unknown as Matrix);
}

function apply(matrix: Matrix, [a, b, c]: Row): Row {
  return matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Row;
}

function multiply(left: Matrix, right: Matrix): Matrix {
  const [a, b, c] = right;
  return left.map(([x, y, z]) =>
    a.map((value, at) => x * value + y * (b[at] ?? 0) + z * (c[at] ?? 0)),
  ) as unknown as Matrix;
}

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const rows = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return rows.map((row) => row.map((value) => value / determinant)) as unknown as Matrix;
}
