/** Zig-zag order (T.81 figure A.6): along the diagonals, to and fro. */
const NATURAL_ORDER = Array.from({ length: 64 }, (_, index) => index).sort((a, b) => {
  const [sumA, sumB] = [(a & 7) + (a >> 3), (b & 7) + (b >> 3)];
  return sumA - sumB || (sumA % 2 === 0 ? b - a : a - b);
});

/** All symbols of tables F.1 and F.2, with codes of 4 bits for DC and of 8 bits for AC: nothing has to be short here. */
const DC_SYMBOLS = Array.from({ length: 12 }, (_, size) => size);
const AC_SYMBOLS = [
  0x00,
  0xf0,
  ...Array.from({ length: 160 }, (_, at) => (Math.floor(at / 10) << 4) | ((at % 10) + 1)),
];

export interface Sampling {
  /** Sampling factors of luma, horizontal and vertical; those of chroma are 1. */
  h: number;
  v: number;
  /** In MCUs; 0 for none. */
  restartInterval?: number;
}

/**
 * A baseline JPEG as sharp cannot write one: with other samplings, with restart markers.
 * @param pixels RGB, three bytes each @param width in pixels @param height in pixels
 */
export function plainJpeg(
  pixels: Buffer,
  width: number,
  height: number,
  { h, v, restartInterval = 0 }: Sampling,
): Buffer {
  const quant = 3;
  const out: number[] = [];
  const segment = (marker: number, body: number[]) =>
    out.push(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body);
  out.push(0xff, 0xd8);
  segment(0xdb, [0, ...new Array(64).fill(quant)]);
  segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, (h << 4) | v, 0, 2, 0x11, 0, 3, 0x11, 0]);
  segment(0xc4, [0x00, 0, 0, 0, DC_SYMBOLS.length, ...new Array(12).fill(0), ...DC_SYMBOLS]);
  segment(0xc4, [0x10, ...new Array(7).fill(0), AC_SYMBOLS.length, ...new Array(8).fill(0), ...AC_SYMBOLS]);
  if (restartInterval > 0) segment(0xdd, [restartInterval >> 8, restartInterval & 255]);
  segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);

  let bits = '';
  const put = (value: number, length: number) => {
    if (length > 0) bits += value.toString(2).padStart(length, '0');
  };
  const flush = () => {
    bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
    for (let at = 0; at < bits.length; at += 8) {
      const byte = Number.parseInt(bits.slice(at, at + 8), 2);
      out.push(byte, ...(byte === 255 ? [0] : []));
    }
    bits = '';
  };
  const putAdditional = (value: number, size: number) => put(value < 0 ? value + (1 << size) - 1 : value, size);
  const sizeOf = (value: number) => 32 - Math.clz32(Math.abs(value));

  let prediction = [0, 0, 0];
  const block = (component: number, left: number, top: number, averagedH: number, averagedV: number) => {
    const samples = Array.from({ length: 64 }, (_, at) => {
      let sum = 0;
      for (let y = 0; y < averagedV; y++) {
        for (let x = 0; x < averagedH; x++) {
          const column = Math.min(width - 1, (left + (at & 7)) * averagedH + x);
          const row = Math.min(height - 1, (top + (at >> 3)) * averagedV + y);
          sum += ycc(pixels, (row * width + column) * 3, component);
        }
      }
      return sum / (averagedH * averagedV) - 128;
    });
    const coefficients = dct(samples).map((coefficient) => Math.round(coefficient / quant));
    const [dc = 0, ...ac] = NATURAL_ORDER.map((index) => coefficients[index] ?? 0);
    const difference = dc - (prediction[component] ?? 0);
    prediction[component] = dc;
    put(sizeOf(difference), 4);
    putAdditional(difference, sizeOf(difference));
    let zeros = 0;
    for (const coefficient of ac) {
      if (coefficient === 0) {
        zeros++;
        continue;
      }
      for (; zeros > 15; zeros -= 16) put(AC_SYMBOLS.indexOf(0xf0), 8);
      put(AC_SYMBOLS.indexOf((zeros << 4) | sizeOf(coefficient)), 8);
      putAdditional(coefficient, sizeOf(coefficient));
      zeros = 0;
    }
    if (zeros > 0) put(AC_SYMBOLS.indexOf(0), 8);
  };

  let mcus = 0;
  for (let top = 0; top < height; top += 8 * v) {
    for (let left = 0; left < width; left += 8 * h) {
      if (restartInterval > 0 && mcus > 0 && mcus % restartInterval === 0) {
        flush();
        out.push(0xff, 0xd0 + ((mcus / restartInterval - 1) & 7));
        prediction = [0, 0, 0];
      }
      mcus++;
      for (let y = 0; y < v; y++) for (let x = 0; x < h; x++) block(0, left + 8 * x, top + 8 * y, 1, 1);
      for (const chroma of [1, 2]) block(chroma, left / h, top / v, h, v);
    }
  }
  flush();
  return Buffer.from([...out, 0xff, 0xd9]);
}

/** Y, Cb or Cr of a pixel (JFIF 1.02). */
function ycc(pixels: Buffer, at: number, component: number): number {
  const [r = 0, g = 0, b = 0] = pixels.subarray(at, at + 3);
  if (component === 0) return 0.299 * r + 0.587 * g + 0.114 * b;
  return component === 1 ? 128 - 0.168736 * r - 0.331264 * g + 0.5 * b : 128 + 0.5 * r - 0.418688 * g - 0.081312 * b;
}

const COSINES = Array.from({ length: 8 }, (_, u) =>
  Array.from({ length: 8 }, (_, x) => (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16)),
);

/** The forward DCT of 8 × 8 samples (T.81 A.3.3). */
function dct(samples: number[]): number[] {
  const rows = Array.from({ length: 64 }, (_, at) =>
    (COSINES[at & 7] ?? []).reduce((sum, cosine, x) => sum + cosine * (samples[(at & 56) + x] ?? 0), 0),
  );
  return Array.from({ length: 64 }, (_, at) =>
    (COSINES[at >> 3] ?? []).reduce((sum, cosine, y) => sum + cosine * (rows[8 * y + (at & 7)] ?? 0), 0),
  );
}
