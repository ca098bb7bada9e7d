import { address } from './address.ts';
import { compress } from './compress.ts';
import { download } from './download.ts';
import { record } from './record.ts';
import type { Stage } from './stage.ts';
import { store } from './store.ts';

/** What happens to an image, in this order, until one of them settles it or fails. */
export const STAGES: readonly Stage[] = [
  // Not measured: it takes microseconds.
  { run: address },
  { run: download, timed: 'download', fillsBacklog: true },
  { run: compress, timed: 'compress', emptiesBacklog: true },
  { run: store, timed: 'store' },
];

/** Follows in any case, with a failure too. */
export const RECORD: Stage = { run: record, timed: 'record' };
