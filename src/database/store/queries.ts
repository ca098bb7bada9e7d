import { sql } from 'kysely';
import { storedOptions } from '../../domain/options.ts';
import type { CsvLayout } from '../../domain/product.ts';
import type { Progress } from '../../domain/request.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../../domain/request.ts';
import type { RequestRecord, RequestStore } from '../../pipeline/ports/store.ts';
import type { Dialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import type { StoreParts } from './store-parts.ts';

type Reading = Pick<RequestStore, 'progress' | 'findRequest' | 'listRequests' | 'finishedBefore' | 'inventory'>;

const PROGRESS_COLUMNS = [
  'id',
  'status',
  'fileName',
  'options',
  'productsTotal',
  'rejectedTotal',
  'imagesTotal',
  'imagesDone',
  'imagesFailed',
  'bytesIn',
  'bytesOut',
  'createdAt',
  'updatedAt',
  'startedAt',
  'finishedAt',
  'webhookUrl',
] as const;

const RECORD_COLUMNS = ['number', 'publicUrl', 'linkBase', 'layout'] as const;

type ProgressRow = Pick<Tables['requests'], (typeof PROGRESS_COLUMNS)[number]> & Pick<Progress, 'shop'>;
type RecordRow = ProgressRow &
  Pick<Tables['requests'], Exclude<(typeof RECORD_COLUMNS)[number], 'number'>> & { number: number };

function progressColumns(dialect: Dialect) {
  const layout = sql.raw(dialect === 'sqlite' ? 'layout' : 'layout::json');
  return [...PROGRESS_COLUMNS, sql<Progress['shop']>`${layout} ->> 'shop'`.as('shop')] as const;
}

/** What `toRecord` needs. */
export function recordColumns(dialect: Dialect) {
  return [...progressColumns(dialect), ...RECORD_COLUMNS] as const;
}

/** What is known of requests as a whole. Pages go by key, never by offset, so the last page is as fast as the first. */
export function readingRequests({ db, dialect }: StoreParts): Reading {
  const visible = db.selectFrom('requests').where('status', 'in', REQUEST_STATUSES);
  return {
    async progress(id, owner) {
      let query = visible.select(progressColumns(dialect)).where('id', '=', id);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      const row = await query.executeTakeFirst();
      return row && toProgress(row);
    },

    async findRequest(id, owner) {
      let query = visible.select(recordColumns(dialect)).where('id', '=', id);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      const row = await query.executeTakeFirst();
      return row && toRecord(row);
    },

    async listRequests({ owner, before, limit }) {
      let query = visible.select(progressColumns(dialect)).orderBy('id', 'desc').limit(limit);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      // UUIDs of version 7 sort by the time of their making.
      if (before !== undefined) query = query.where('id', '<', before);
      return (await query.execute()).map(toProgress);
    },

    async finishedBefore(time, limit) {
      const rows = await db
        .selectFrom('requests')
        .select('id')
        .where('status', 'in', ['Completed', 'Failed', 'Cancelled'])
        .where('updatedAt', '<', time)
        .orderBy('updatedAt')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    async inventory() {
      const rows = await db
        .selectFrom('requests')
        .select((eb) => ['status', eb.fn.countAll().as('requests'), eb.fn.sum('bytesOut').as('bytesOut')])
        .where('status', 'in', REQUEST_STATUSES)
        .groupBy('status')
        .execute();
      return rows.map(({ status, requests, bytesOut }) => ({
        status: status as RequestStatus,
        requests: Number(requests),
        bytesOut: Number(bytesOut),
      }));
    },
  };
}

export function toRecord(row: RecordRow): RequestRecord {
  const { number, publicUrl, linkBase, layout, ...progress } = row;
  return { ...toProgress(progress), number, publicUrl, linkBase, layout: JSON.parse(layout) as CsvLayout };
}

function toProgress({ options, status, ...row }: ProgressRow): Progress {
  return { ...row, status: status as RequestStatus, options: storedOptions(options) };
}
