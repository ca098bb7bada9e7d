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

export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export const OUTPUT_FORMATS = ['same', 'jpeg', 'webp', 'avif', 'png'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export const EFFORTS = ['fast', 'small'] as const;
export type Effort = (typeof EFFORTS)[number];

export const DEFAULT_OPTIONS: Options = { quality: 50, scale: 100, format: 'same', effort: 'fast' };

/** The extension of a stored image, without the dot. */
export const EXTENSIONS: Record<ImageFormat, string> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  avif: 'avif',
};

export const CONTENT_TYPES: Record<ImageFormat, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
};
