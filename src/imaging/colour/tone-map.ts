/** Brightest light of HDR pictures that do not say theirs, cd/m² (ITU-R BT.2408: the usual screen for mastering). */
const USUAL_PEAK = 1_000;

/** The white of an ordinary screen in HDR, cd/m² (ITU-R BT.2408). */
export const SDR_WHITE = 203;

/** How early the shoulder of the curve bends. */
const KAPPA = 0.65;

/**
 * The curve by which browsers bring HDR to an ordinary screen (SMPTE ST 2094-50, reference white tone mapping): light up to
 * white is dimmed evenly, the more the brighter the picture gets, and what is above bends until the peak is full white.
 * @param nits the brightest light of the picture in cd/m², where the file says it
 * @returns for light, relative to white, the factor to multiply all channels with; light is that of the brightest channel
 */
export function toneMap(nits = USUAL_PEAK): (light: number) => number {
  const peak = Math.max(nits, SDR_WHITE) / SDR_WHITE;
  const share = Math.min(1, Math.log2(peak) / Math.log2(USUAL_PEAK / SDR_WHITE));
  const white = 1 - share / 2;
  // A quadratic Bézier curve from white to the peak.
  const [middleX, middleY] = [1 - KAPPA + KAPPA / white, (1 - KAPPA) * white + KAPPA];
  const [a, b] = [1 - 2 * middleX + peak, 2 * middleX - 2];
  return (light) => {
    if (light <= 1) return white;
    if (light >= peak) return 1 / light;
    const c = 1 - light;
    const t = Math.abs(a) < 1e-6 ? -c / b : (-b + Math.sqrt(b * b - 4 * a * c)) / (2 * a);
    return ((1 - t) ** 2 * white + 2 * t * (1 - t) * middleY + t * t) / light;
  };
}
