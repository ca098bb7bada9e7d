import { readFileSync } from 'node:fs';
import type { Codec } from './codec.ts';
import { vipsLoader } from './vips-loader.ts';

/** What may stand before the root: a mark, a declaration, comments, instructions, a document type. */
const BEFORE_ROOT = /^\ufeff?(?:\s+|<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE\s+svg\b[^[>]*(?:\[[^\]]*\]\s*)?>)*/i;
const ROOT = /^<(?:[\w-]{1,20}:)?svg[\s>/]/;

/**
 * Drawings. librsvg runs no scripts and knows no network; as it is given bytes instead of a file, it has no folder either
 * from which a drawing could load another file, so that only data: addresses lead to something. It limits elements, nesting
 * and entities by itself.
 */
export const svg: Codec = {
  recognises(head) {
    const text = head.toString('utf8');
    return ROOT.test(text.slice(BEFORE_ROOT.exec(text)?.[0].length ?? 0));
  },
  loader: vipsLoader({
    operation: 'Svg',
    matches: ({ format }) => format === 'svg',
    prepare: (file) => readFileSync(file),
  }),
};
