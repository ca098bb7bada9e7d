import { sql } from 'kysely';
import { NAMING_LENGTH } from '../../domain/image.ts';
import { storedOptions } from '../../domain/options.ts';
import { SHARD_SIZE } from '../../domain/request.ts';
import { finishRequest } from '../../pipeline/finish-request.ts';
import type { Outcome, RequestStore } from '../../pipeline/ports/store.ts';
import { jsonRows } from '../dialect.ts';
import { lockRequests, type StoreParts, type Transaction } from './store-parts.ts';

/** What an outcome writes, in the order of `outcomeCells`. */
const OUTCOME_COLUMNS = {
  request: 'integer',
  number: 'integer',
  status: 'text',
  attempts: 'integer',
  retry_at: 'integer',
  error_code: 'text',
  error_stage: 'text',
  error_message: 'text',
  key: 'text',
  outcome: 'text',
  format_in: 'text',
  format_out: 'text',
  width_in: 'integer',
  height_in: 'integer',
  width: 'integer',
  height: 'integer',
  bytes_in: 'integer',
  bytes_out: 'integer',
  lease: 'integer',
} as const;

const RESULT_COLUMNS = Object.keys(OUTCOME_COLUMNS).slice(2, -1);

function outcomeCells({ request, number, attempts, lease, settlement }: Outcome): (string | number | null)[] {
  const place = [request, number];
  const nothing = (count: number) => new Array<null>(count).fill(null);
  switch (settlement.kind) {
    case 'done': {
      const s = settlement;
      const size = [s.widthIn, s.heightIn, s.width, s.height, s.bytesIn, s.bytesOut];
      return [...place, 'done', attempts, 0, ...nothing(3), s.key, s.outcome, s.formatIn, s.formatOut, ...size, lease];
    }
    case 'failed': {
      const { code, stage, message, bytesIn } = settlement;
      return [...place, 'failed', attempts, 0, code, stage, message, ...nothing(8), bytesIn, null, lease];
    }
    case 'later':
      return [...place, 'pending', attempts, settlement.retryAt, ...nothing(13), lease];
  }
}

/** No more of it than is used: a name may have a megabyte, and a shard has fifty. */
const productName = sql<string>`substr(case when products.name_row is null then products.name else
  (select named.name from products as named where named.request = products.request and named.row = products.name_row)
  end, 1, ${sql.lit(NAMING_LENGTH)})`;

interface Settled {
  request: number;
  status: 'done' | 'failed' | 'pending';
  bytesIn: number | null;
  bytesOut: number | null;
}

/** Handing out the images of a shard, and writing down what became of them. */
export function settlingImages(parts: StoreParts): Pick<RequestStore, 'loadShard' | 'recordOutcomes'> {
  const { db, dialect, now } = parts;
  const set = (from: string) => sql.raw(RESULT_COLUMNS.map((column) => `${column} = ${from}.${column}`).join(', '));

  async function settleImages(trx: Transaction, outcomes: Outcome[]): Promise<Settled[]> {
    const news = jsonRows(dialect, OUTCOME_COLUMNS, outcomes.map(outcomeCells));
    const { rows } = await sql<Settled>`update images set ${set('new')}, updated_at = ${now()} from ${news} as new
      where images.request = new.request and images.number = new.number and images.status = 'pending'
        and not exists (select 1 from leases where leases.request = new.request
          and leases.part = new.number / ${sql.lit(SHARD_SIZE)} and leases.lease > new.lease)
      returning images.request, images.status, images.bytes_in, images.bytes_out`.execute(trx);
    return rows;
  }

  /** Images with the same link as one that has just been settled share its fate. */
  async function settleRepeated(trx: Transaction, outcomes: Outcome[]): Promise<Settled[]> {
    const settled = outcomes.filter(({ settlement }) => settlement.kind !== 'later');
    if (settled.length === 0) return [];
    const firsts = jsonRows(
      dialect,
      { request: 'integer', number: 'integer' },
      settled.map(({ request, number }) => [request, number]),
    );
    // Without statistics SQLite would rather walk through all images of the request.
    const byLink = sql.raw(dialect === 'sqlite' ? 'indexed by images_repeated' : '');
    const { rows } = await sql<Settled>`update images ${byLink} set ${set('first')}, updated_at = ${now()}
      from ${firsts} as new join images as first on first.request = new.request and first.number = new.number
      where images.request = new.request and images.same_as = new.number and images.same_as is not null
        and images.status = 'pending' and first.status <> 'pending'
      returning images.request, images.status, images.bytes_in, images.bytes_out`.execute(trx);
    return rows;
  }

  async function count(trx: Transaction, request: number, settled: Settled[]): Promise<void> {
    const done = settled.filter(({ status }) => status === 'done').length;
    const bytes = (column: 'bytesIn' | 'bytesOut') =>
      settled.reduce((sum, image) => sum + Number(image[column] ?? 0), 0);
    const counters = await trx
      .updateTable('requests')
      .set((eb) => ({
        imagesDone: eb('imagesDone', '+', done),
        imagesFailed: eb('imagesFailed', '+', settled.length - done),
        bytesIn: eb('bytesIn', '+', bytes('bytesIn')),
        bytesOut: eb('bytesOut', '+', bytes('bytesOut')),
        updatedAt: now(),
      }))
      .where('number', '=', request)
      .returning(['status', 'imagesTotal', 'imagesDone', 'imagesFailed', 'webhookUrl', 'deliveries'])
      .executeTakeFirst();
    const finish = counters && finishRequest(counters, parts.newId);
    if (!finish) return;
    const part = counters.deliveries + 1;
    await trx
      .updateTable('requests')
      .set({ status: finish.status, finishedAt: now(), deliveries: part })
      .where('number', '=', request)
      .execute();
    if (!finish.delivery) return;
    await trx
      .insertInto('deliveries')
      .values({ request, part, ...finish.delivery, step: 0, state: 'waiting' })
      .execute();
    await parts.enqueue(trx, [{ kind: 'webhook', request, part, runAt: 0 }]);
  }

  return {
    async loadShard(request, shard) {
      const found = await db
        .selectFrom('requests')
        .select(['id', 'status', 'options', 'secret'])
        .where('number', '=', request)
        .where('status', 'in', ['Pending', 'Processing'])
        .executeTakeFirst();
      if (!found) return undefined;
      if (found.status === 'Pending') {
        await db
          .updateTable('requests')
          .set({ status: 'Processing', startedAt: now(), updatedAt: now() })
          .where('number', '=', request)
          .where('status', '=', 'Pending')
          .execute();
      }
      const { lease } = await db
        .insertInto('leases')
        .values({ request, part: shard, lease: 1 })
        .onConflict((conflict) =>
          conflict.columns(['request', 'part']).doUpdateSet((eb) => ({ lease: eb('leases.lease', '+', 1) })),
        )
        .returning('lease')
        .executeTakeFirstOrThrow();
      const images = await db
        .selectFrom('images')
        .innerJoin('products', (join) =>
          join.onRef('products.request', '=', 'images.request').onRef('products.row', '=', 'images.row'),
        )
        .select([
          'images.request',
          'number',
          'images.row',
          'position',
          productName.as('productName'),
          'inputUrl',
          'attempts',
          'retryAt',
        ])
        .where('images.request', '=', request)
        .where('number', '>=', shard * SHARD_SIZE)
        .where('number', '<', (shard + 1) * SHARD_SIZE)
        .where('status', '=', 'pending')
        .where('sameAs', 'is', null)
        .orderBy('number')
        .execute();
      const { id, secret, options } = found;
      return {
        id,
        lease: Number(lease),
        options: storedOptions(options),
        secret: Buffer.from(secret, 'hex'),
        images,
      };
    },

    async recordOutcomes(outcomes) {
      if (outcomes.length === 0) return;
      await db.transaction().execute(async (trx) => {
        await lockRequests(
          parts,
          trx,
          outcomes.map(({ request }) => request),
        );
        const changed = [...(await settleImages(trx, outcomes)), ...(await settleRepeated(trx, outcomes))];
        const settled = changed.filter(({ status }) => status !== 'pending');
        const byRequest = Map.groupBy(settled, ({ request }) => request);
        // In one order everywhere, so that two processes never wait for each other's rows.
        for (const request of [...byRequest.keys()].sort((a, b) => a - b)) {
          await count(trx, request, byRequest.get(request) ?? []);
        }
      });
    },
  };
}
