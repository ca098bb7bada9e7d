import type { RequestStore } from '../pipeline/ports/store.ts';
import type { Database } from './open-database.ts';
import { acceptingRows } from './store/accepting.ts';
import { webhookRows } from './store/deliveries.ts';
import { changingRequests } from './store/lifecycle.ts';
import { settlingImages } from './store/outcomes.ts';
import { readingRequests } from './store/queries.ts';
import { readingRows } from './store/reading-rows.ts';
import { keptSettings } from './store/settings.ts';
import type { Enqueue, StoreParts, Transaction } from './store/store-parts.ts';
import { storedKeys } from './store/stored-keys.ts';
import { ownersUsage } from './store/usage.ts';

export interface StoreSettings {
  database: Database;
  enqueue: Enqueue;
  /** Takes a request's waiting shards out of the queue. */
  dequeueShards(trx: Transaction, request: number): Promise<void>;
  now(): number;
  newId(): string;
}

/** The rows of requests, products, images and webhooks, over SQLite or PostgreSQL. */
export function createRequestStore({ database, ...rest }: StoreSettings): RequestStore {
  const parts: StoreParts = { ...database, ...rest };
  return {
    ...acceptingRows(parts),
    ...settlingImages(parts),
    ...readingRequests(parts),
    ...readingRows(parts),
    ...changingRequests(parts),
    ...webhookRows(parts),
    ...ownersUsage(parts),
    ...storedKeys(parts),
    ...keptSettings(parts),
  };
}
