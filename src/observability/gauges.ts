import { statfs } from 'node:fs/promises';
import type { JobQueue } from '../pipeline/ports/queue.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { Inventory } from '../pipeline/ports/store/inventory.ts';
import type { GaugeSource } from './metrics.ts';

/** Requests are counted at most this often: with many of them it is the most expensive of the gauges. */
const INVENTORY_MS = 60_000;

/** What lies in the database and on the disk: the same in every process that shares them, so to be read as `max`. */
export function sharedGauges({
  queue,
  store,
  storage,
  dataDir,
}: {
  queue: Pick<JobQueue, 'depth' | 'oldest'>;
  store: Inventory;
  storage: Pick<ImageStorage, 'ping'>;
  dataDir: string;
}): GaugeSource[] {
  const inventory = keptFor(INVENTORY_MS, () => store.inventory());
  const worked = (work: Promise<unknown>) =>
    work.then(
      () => 1,
      () => 0,
    );
  return [
    {
      name: 'pixmill_jobs',
      help: 'Jobs that wait or run, those for later included; of all processes together.',
      label: 'kind',
      read: async () => ({ shard: await queue.depth('shard'), webhook: await queue.depth('webhook') }),
    },
    {
      name: 'pixmill_job_oldest_seconds',
      help: 'How long the job has waited that could have been handed out first; 0 where none waits.',
      label: 'kind',
      read: async () => ({
        shard: (await queue.oldest('shard')) / 1_000,
        webhook: (await queue.oldest('webhook')) / 1_000,
      }),
    },
    {
      name: 'pixmill_requests',
      help: 'Requests that are kept, by status; at most a minute old.',
      label: 'status',
      read: async () => Object.fromEntries((await inventory()).map(({ status, requests }) => [status, requests])),
    },
    {
      name: 'pixmill_stored_bytes',
      help: 'Bytes of the images of all requests that are kept; at most a minute old.',
      read: async () => (await inventory()).reduce((sum, { bytesOut }) => sum + bytesOut, 0),
    },
    {
      name: 'pixmill_reachable',
      help: 'Whether database and storage answer: 1, or 0.',
      label: 'part',
      read: async () => ({ database: await worked(store.ping()), storage: await worked(storage.ping()) }),
    },
    {
      name: 'pixmill_disk_free_bytes',
      help: 'Free bytes where the data folder is.',
      read: async () => {
        const { bavail, bsize } = await statfs(dataDir);
        return bavail * bsize;
      },
    },
    {
      name: 'pixmill_disk_size_bytes',
      help: 'All bytes where the data folder is.',
      read: async () => {
        const { blocks, bsize } = await statfs(dataDir);
        return blocks * bsize;
      },
    },
  ];
}

type Counts = Record<string, number>;

/** What the downloads of this process are at. */
interface DownloadLoad {
  slots: { running(): Counts; waiting(): Counts };
  hosts: { troubled(): Counts };
  names: { load(): Counts };
}

/** What the decoder processes of this process are at. */
interface DecoderLoad {
  load(): { busy: number; idle: number; waiting: number };
}

/**
 * What this worker does right now. Downloads are classed by whether their host has all the downloads that it may have:
 * that tells a slow host from a slow line. Hosts themselves are no labels: every shop would add one, for ever.
 */
export function workerGauges({ slots, hosts, names }: DownloadLoad, decoders: DecoderLoad): GaugeSource[] {
  return [
    {
      name: 'pixmill_downloads_running',
      help: 'Downloads that hold a slot, by whether their host is full (PIXMILL_DOWNLOADS_PER_HOST) or open.',
      label: 'host',
      read: slots.running,
    },
    {
      name: 'pixmill_downloads_waiting',
      help: 'Downloads that wait for their host, or for any slot (PIXMILL_DOWNLOADS).',
      label: 'for',
      read: slots.waiting,
    },
    {
      name: 'pixmill_hosts_troubled',
      help: 'Image hosts that are left alone for a while, or given up for some minutes.',
      label: 'state',
      read: hosts.troubled,
    },
    {
      name: 'pixmill_names_asked',
      help: 'Host names asked for right now: begun a moment ago, late with their answer, or waiting (PIXMILL_LOOKUPS).',
      label: 'state',
      read: names.load,
    },
    {
      name: 'pixmill_decoders',
      help: 'Decoder processes, with and without an image.',
      label: 'state',
      read: () => {
        const { busy, idle } = decoders.load();
        return { busy, idle };
      },
    },
    { name: 'pixmill_decoder_waiting', help: 'Images that wait for a decoder.', read: () => decoders.load().waiting },
  ];
}

/** The same answer for a while, to all who ask meanwhile. */
function keptFor<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (!kept || performance.now() > until) {
      kept = read();
      until = performance.now() + ms;
      // A failure is not kept.
      kept.catch(() => {
        until = 0;
      });
    }
    return kept;
  };
}
