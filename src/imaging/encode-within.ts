import type { Encoded } from './context.ts';

/** How often a picture is encoded at most: each time costs as much as the whole picture did without a limit. */
export const MOST_ENCODINGS = 4;

/** A result that uses so much of its limit is not worth another try. */
const CLOSE = 0.93;

/** Where the curve of a picture is only guessed, the guess aims this far below the limit. */
const AIM = 0.97;

/** By how many per cent the bytes of a usual picture fall where its quantizers grow by one per cent. */
const USUAL_FALL = 0.7;

/** By how much a guess goes further than two points that are both over the limit say. */
const FURTHER = 1.6;

const LOWEST_QUALITY = 1;

/**
 * Looks for the highest quality at which a picture has at most so many bytes, in four encodings. The first is the wanted
 * quality itself, which mostly fits; each one after it follows the curve through what this picture has shown so far.
 * @param known a way that was tried already and has too many bytes; it counts as an encoding
 * @returns what fits and has the highest quality of what was tried, or what has the lowest quality where nothing fits
 */
export async function encodeWithin(
  encode: (quality: number) => Promise<Buffer>,
  quality: number,
  maxBytes: number,
  known?: Encoded,
): Promise<Buffer> {
  let best: { quality: number; result: Buffer } | undefined;
  let over: Encoded | undefined = known;
  let next = known ? guess(maxBytes, known) : quality;
  for (let left = MOST_ENCODINGS - (known ? 1 : 0); ; left--) {
    const result = await encode(next);
    const tried = { quality: next, bytes: result.length };
    const under = best && { quality: best.quality, bytes: best.result.length };
    let slopeFrom: Encoded | undefined;
    if (result.length <= maxBytes) {
      best = { quality: next, result };
      slopeFrom = over;
    } else {
      slopeFrom = under ?? over;
      if (next === LOWEST_QUALITY && !best) return result;
      over = tried;
    }
    const highest = over ? over.quality - 1 : quality;
    if (best && (left === 1 || best.quality >= highest || best.result.length >= maxBytes * CLOSE)) return best.result;
    const lowest = best ? best.quality + 1 : LOWEST_QUALITY;
    // The last one must fit, so that a picture that could have fitted is never over its limit.
    const isLastChance = left === 2 && !best;
    const guessed = isLastChance ? LOWEST_QUALITY : guess(maxBytes, tried, slopeFrom, left === 2);
    next = Math.min(Math.max(guessed, lowest), highest);
  }
}

/**
 * The quality at which a picture should come near the limit. Of two points of its curve the way between them is taken once
 * as a straight line of its quality, once as one of its quantizers: pictures lie between the two.
 * @param other a second point, if there is one; beyond a single one bytes grow as those of usual pictures do
 * @param isLast whether it must fit
 */
function guess(maxBytes: number, point: Encoded, other?: Encoded, isLast = false): number {
  const missing = Math.log(maxBytes * AIM) - Math.log(point.bytes);
  const growth = other ? Math.log(other.bytes / point.bytes) : 0;
  if (!other || growth * (other.quality - point.quality) <= 0) {
    return qualityOf(quantizer(point.quality) * Math.exp(-missing / USUAL_FALL));
  }
  const part = missing / growth;
  const straight = point.quality + part * (other.quality - point.quality);
  const curved = qualityOf(quantizer(point.quality) * (quantizer(other.quality) / quantizer(point.quality)) ** part);
  const lower = Math.min(point.quality, other.quality);
  const cautious = Math.min(straight, curved);
  // Beyond both points curves grow flat, and only one try may be left.
  if (other.bytes > maxBytes && point.bytes > maxBytes) {
    return Math.max(LOWEST_QUALITY, Math.floor(lower - FURTHER * (lower - cautious)));
  }
  // What is a little lower than it might be fits; one that does not fit is lost.
  const quality = isLast ? lower + 0.75 * (cautious - lower) : (straight + curved) / 2;
  return Math.min(100, Math.max(LOWEST_QUALITY, Math.floor(quality)));
}

/** What quantizers of libjpeg are multiplied by, in per cent; the other encoders have curves of the same kind. */
function quantizer(quality: number): number {
  return quality < 50 ? 5_000 / quality : 200 - 2 * Math.min(quality, 99);
}

function qualityOf(quantizer: number): number {
  const quality = quantizer > 100 ? 5_000 / quantizer : (200 - quantizer) / 2;
  return Math.min(100, Math.max(LOWEST_QUALITY, Math.floor(quality)));
}
