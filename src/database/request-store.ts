import type { RequestStore } from '../pipeline/ports/store.ts';
import type { Database } from './open-database.ts';
import { createCustomerStore } from './store/customers.ts';
import { createDeliveryStore } from './store/deliveries.ts';
import { createInventory } from './store/inventory.ts';
import { createRequestLifecycle } from './store/lifecycle.ts';
import { createOutcomeStore } from './store/outcomes.ts';
import { createRequestQueries } from './store/queries.ts';
import { createRowQueries } from './store/rows.ts';
import { createSessionStore } from './store/sessions.ts';
import { createSettingStore } from './store/settings.ts';
import type { Enqueue, StoreParts, Transaction } from './store/store-parts.ts';
import { createUpkeepStore } from './store/upkeep.ts';
import { createUploadStore } from './store/uploads.ts';

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
    ...createUploadStore(parts),
    ...createRequestQueries(parts),
    ...createRowQueries(parts),
    ...createOutcomeStore(parts),
    ...createRequestLifecycle(parts),
    ...createDeliveryStore(parts),
    ...createUpkeepStore(parts),
    ...createSettingStore(parts),
    ...createCustomerStore(parts),
    ...createSessionStore(parts),
    ...createInventory(parts),
  };
}
