import { count, countOf, saving } from '../format.ts';
import type { ImageRow } from './use-images.ts';

const BINS = 10;
const WIDTH = 400;
const HEIGHT = 64;
const GAP = 4;

/** How many images saved 0–10 %, 10–20 %, … of their bytes. */
export function distribution(rows: ImageRow[]): number[] {
  const bins = new Array<number>(BINS).fill(0);
  for (const { bytes_in, bytes_out, status } of rows) {
    if (status !== 'done' || bytes_in === null || bytes_out === null) continue;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(saving(bytes_in, bytes_out) / BINS)));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

const range = (bin: number) => `${bin * BINS}–${(bin + 1) * BINS} %`;

/** Bars of the distribution. */
export function SavingsChart({ bins }: { bins: number[] }) {
  const most = Math.max(1, ...bins);
  const step = WIDTH / BINS;
  const words = bins
    .map((images, bin) => (images > 0 ? `${countOf(images, 'image')} saved ${range(bin)}` : ''))
    .filter(Boolean);
  return (
    <svg
      className="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT + 34}`}
      role="img"
      aria-label={`Distribution of the saving. ${words.join(', ')}`}
    >
      {bins.map((images, bin) => {
        const height = images === 0 ? 2 : Math.max(4, (images / most) * (HEIGHT - 16));
        return (
          <g key={range(bin)}>
            <title>{`${range(bin)}: ${countOf(images, 'image')}`}</title>
            <rect
              x={bin * step + GAP / 2}
              y={HEIGHT - height}
              width={step - GAP}
              height={height}
              rx="3"
              className={images === 0 ? 'bar-empty' : 'bar'}
            />
            {images > 0 && (
              <text x={bin * step + step / 2} y={HEIGHT - height - 4} textAnchor="middle">
                {count(images)}
              </text>
            )}
          </g>
        );
      })}
      {[0, 50, 100].map((tick) => (
        <text
          key={tick}
          x={(tick / 100) * WIDTH}
          y={HEIGHT + 14}
          textAnchor={tick === 0 ? 'start' : tick === 100 ? 'end' : 'middle'}
        >
          {tick} %
        </text>
      ))}
      <text x={WIDTH / 2} y={HEIGHT + 30} textAnchor="middle">
        images by how much was saved
      </text>
    </svg>
  );
}
