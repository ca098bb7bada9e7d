import { CHANNELS, type ChannelName } from './channels.ts';
import type { Options } from './picture-options.ts';

/** Options that are set together; each one that is sent besides wins. */
export interface Preset {
  title: string;
  options: Partial<Options> & { checks?: ChannelName[] };
  /** Where the rules stand that it follows; null where it follows none. */
  source: string | null;
  /** When these were read, as `2026-11-28`. */
  asOf: string | null;
}

function ofChannel(name: ChannelName, options: Partial<Options>): Preset {
  const { title, source, asOf } = CHANNELS[name];
  return { title, options: { ...options, checks: [name] }, source, asOf };
}

/** Sizes are what these channels recommend or show at most: larger pictures only take longer. */
export const PRESETS = {
  amazon: ofChannel('amazon', { format: 'jpeg', quality: 85, max_width: 2_000, max_height: 2_000 }),
  ebay: ofChannel('ebay', { format: 'jpeg', quality: 85, max_width: 1_600, max_height: 1_600 }),
  'google-merchant': ofChannel('google-merchant', {
    format: 'jpeg',
    quality: 80,
    max_width: 1_500,
    max_height: 1_500,
    max_bytes: 16_000_000,
  }),
  shopify: {
    title: 'Shopify',
    options: { format: 'jpeg', quality: 75, max_width: 2_048, max_height: 2_048 },
    source: null,
    asOf: null,
  },
  web: {
    title: 'A shop for the browsers of the last years',
    options: { format: 'webp', quality: 60, max_width: 1_600, max_height: 1_600 },
    source: null,
    asOf: null,
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];
