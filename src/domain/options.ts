import type { OutputFormat } from './formats.ts';

/** What a client asks to be done to every image of a request. */
export interface Options {
  /** 1–100, as the encoders understand it; 100 is lossless for PNG. */
  quality: number;
  /** Per cent of both dimensions, 1–100; 100 leaves them alone. */
  scale: number;
  format: OutputFormat;
  /** `fast` spends the least CPU, `small` the fewest bytes. */
  effort: Effort;
}

export const EFFORTS = ['fast', 'small'] as const;
export type Effort = (typeof EFFORTS)[number];

export const DEFAULT_OPTIONS: Options = { quality: 50, scale: 100, format: 'same', effort: 'fast' };
