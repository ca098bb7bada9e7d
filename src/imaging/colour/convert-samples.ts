import sharp, { type Sharp } from 'sharp';
import { type ColourCoding, lightToSrgb, srgbToLight } from './colour-coding.ts';

/** What libvips leaves to do with the samples of a picture. */
export interface SampleCorrection {
  /** Samples go from 16 to 235 (of 255) instead of from 0 to 255, and the decoder did not stretch them. */
  limitedRange?: boolean;
  /** Colours are multiplied by alpha. */
  premultiplied?: boolean;
  /** They are cyan, magenta, yellow and black, and no profile says which. */
  ink?: boolean;
  coding?: ColourCoding | undefined;
}

/** Steps of the table from light to samples. Eight bits of dark sRGB need so many. */
const LIGHT_STEPS = 1 << 14;

/** Decodes a picture and brings its samples to sRGB of 8 bits, full range, with straight alpha. */
export async function convertSamples(image: Sharp, isDeep: boolean, correction: SampleCorrection): Promise<Sharp> {
  const space = isDeep ? 'rgb16' : 'srgb';
  const depth = isDeep ? 'ushort' : 'uchar';
  const opened = image.pipelineColourspace(space).toColourspace(space).raw({ depth });
  const { data, info } = await opened.toBuffer({ resolveWithObject: true });
  const samples = isDeep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  const { width, height, channels } = info;
  const converted = convert(samples, channels, isDeep ? 65_535 : 255, correction);
  return sharp(converted, { raw: { width, height, channels } });
}

/** @param most the sample that stands for 1 */
function convert(
  samples: Uint8Array | Uint16Array,
  channels: number,
  most: number,
  { limitedRange = false, premultiplied = false, coding }: SampleCorrection,
): Uint8Array {
  const hasAlpha = channels === 2 || channels === 4;
  const colours = hasAlpha ? channels - 1 : channels;
  const toLight = coding?.toLight ?? srgbToLight;
  const stretch = (sample: number) => Math.min(1, Math.max(0, (255 * sample - 16) / 219));
  const light = Float32Array.from({ length: most + 1 }, (_, sample) =>
    toLight(limitedRange ? stretch(sample / most) : sample / most),
  );
  const levels = Uint8Array.from({ length: LIGHT_STEPS + 1 }, (_, step) =>
    Math.round(255 * lightToSrgb(step / LIGHT_STEPS)),
  );
  const level = (value: number) =>
    levels[value <= 0 ? 0 : value >= 1 ? LIGHT_STEPS : Math.round(value * LIGHT_STEPS)] as number;
  // In place where that fits: a picture at the limit of pixels would take the memory of a decoder twice.
  const out = samples instanceof Uint8Array ? samples : new Uint8Array(samples.length);
  const [red, green, blue] = coding?.toSrgb ?? [];
  for (let at = 0; at < samples.length; at += channels) {
    const alpha = hasAlpha ? (samples[at + colours] as number) : most;
    const straight = (sample: number) =>
      premultiplied && alpha > 0 ? Math.min(most, Math.round((sample * most) / alpha)) : sample;
    if (hasAlpha) out[at + colours] = Math.round((alpha * 255) / most);
    if (colours === 1) {
      out[at] = level(light[straight(samples[at] as number)] as number);
      continue;
    }
    let r = light[straight(samples[at] as number)] as number;
    let g = light[straight(samples[at + 1] as number)] as number;
    let b = light[straight(samples[at + 2] as number)] as number;
    if (coding?.hdr) {
      // All channels by one factor, so that colours keep their hue.
      const [x, y, z] = coding.hdr.toBt2020;
      const factor = coding.hdr.factor(
        x[0] * r + x[1] * g + x[2] * b,
        y[0] * r + y[1] * g + y[2] * b,
        z[0] * r + z[1] * g + z[2] * b,
      );
      [r, g, b] = [r * factor, g * factor, b * factor];
    }
    if (red && green && blue) {
      [r, g, b] = [
        red[0] * r + red[1] * g + red[2] * b,
        green[0] * r + green[1] * g + green[2] * b,
        blue[0] * r + blue[1] * g + blue[2] * b,
      ];
    }
    out[at] = level(r);
    out[at + 1] = level(g);
    out[at + 2] = level(b);
  }
  return out;
}
