import type { Transaction as KyselyTransaction } from 'kysely';
import type { NewJob } from '../../pipeline/ports/queue.ts';
import type { Database } from '../open-database.ts';
import type { Tables } from '../tables.ts';

export type Transaction = KyselyTransaction<Tables>;

/**
 * Puts jobs into the queue in the transaction that makes their rows. One that runs already is run once more; one that waits
 * already keeps its time, or with `replace` gets the time of the new one.
 */
export type Enqueue = (trx: Transaction, jobs: NewJob[], options?: { replace?: boolean }) => Promise<void>;

/** What every part of the store works with. */
export interface StoreParts extends Database {
  enqueue: Enqueue;
  dequeueShards(trx: Transaction, request: number): Promise<void>;
  now(): number;
  newId(): string;
}

/**
 * Lets one process at a time change images and counters of these requests, in one order everywhere, so that counters
 * fit the rows and nobody waits in a circle. SQLite lets one transaction at a time pass anyway.
 */
export async function lockRequests({ dialect }: StoreParts, trx: Transaction, requests: Iterable<number>) {
  if (dialect === 'sqlite') return;
  const numbers = [...new Set(requests)];
  await trx
    .selectFrom('requests')
    .select('number')
    .where('number', 'in', numbers)
    .orderBy('number')
    .forNoKeyUpdate()
    .execute();
}

/**
 * Rows changed in one transaction where many are to go or to change: large enough to be fast, small enough that
 * nobody else waits more than some ten milliseconds.
 */
export const ROWS_AT_ONCE = 5_000;
