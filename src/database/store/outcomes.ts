import { sql } from 'kysely';
import { NAMING_LENGTH } from '../../domain/image.ts';
import { templateColumns } from '../../domain/name-template.ts';
import { storedOptions } from '../../domain/options.ts';
import type { CsvLayout } from '../../domain/product.ts';
import { SHARD_SIZE } from '../../domain/request.ts';
import { finishRequest } from '../../pipeline/finish-request.ts';
import type { OutcomeStore } from '../../pipeline/ports/store/outcomes.ts';
import { recordNotes } from './image-notes.ts';
import { recordRenditions } from './image-renditions.ts';
import { type ChangedImage, settleImages, settleRepeated } from './outcome-rows.ts';
import { addUsage } from './quota-usage.ts';
import { lockRequests, type StoreParts, type Transaction } from './store-parts.ts';

/** No more of it than is used: a name may have a megabyte, and a shard has fifty. */
const productName = sql<string>`substr(case when products.name_row is null then products.name else
  (select named.name from products as named where named.request = products.request and named.row = products.name_row)
  end, 1, ${sql.lit(NAMING_LENGTH)})`;

const serial = sql<string>`substr(products.serial, 1, ${sql.lit(NAMING_LENGTH)})`;

/** Every link of a request is downloaded once, whatever the number of its images. */
function usageOf(settled: ChangedImage[]) {
  const sum = (images: ChangedImage[], column: 'bytesIn' | 'bytesOut') =>
    images.reduce((total, image) => total + Number(image[column] ?? 0), 0);
  return {
    imagesReused: settled.filter(({ outcome }) => outcome === 'reused').length,
    bytesTransferred: sum(
      settled.filter(({ sameAs }) => sameAs === null),
      'bytesIn',
    ),
    bytesOut: sum(settled, 'bytesOut'),
  };
}

export function createOutcomeStore(parts: StoreParts): OutcomeStore {
  const { db, now } = parts;

  async function count(trx: Transaction, request: number, settled: ChangedImage[]): Promise<string | undefined> {
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
      .returning(['status', 'imagesTotal', 'imagesDone', 'imagesFailed', 'webhookUrl', 'deliveries', 'owner'])
      .executeTakeFirst();
    const finish = counters && finishRequest(counters, parts.newId);
    if (!finish) return counters?.owner;
    const part = counters.deliveries + 1;
    await trx
      .updateTable('requests')
      .set({ status: finish.status, finishedAt: now(), deliveries: part })
      .where('number', '=', request)
      .execute();
    if (!finish.delivery) return counters.owner;
    await trx
      .insertInto('deliveries')
      .values({ request, part, ...finish.delivery, step: 0, state: 'waiting' })
      .execute();
    await parts.enqueue(trx, [{ kind: 'webhook', request, delivery: part, owner: counters.owner }]);
    return counters.owner;
  }

  /** The cells that file names are made of, by rows. One row after the other, since one may have a megabyte. */
  async function namingCells(request: number, images: { row: number }[], columns: string[], header: string[]) {
    const found = new Map<number, Record<string, string>>();
    if (columns.length === 0) return found;
    for (const { row } of images) {
      if (found.has(row)) continue;
      const { cells } = await db
        .selectFrom('products')
        .select('cells')
        .where('request', '=', request)
        .where('row', '=', row)
        .executeTakeFirstOrThrow();
      const texts = JSON.parse(cells) as (string | null)[];
      const values = columns.map((name) => [name, (texts[header.indexOf(name)] ?? '').slice(0, NAMING_LENGTH)]);
      found.set(row, Object.fromEntries(values));
    }
    return found;
  }

  return {
    async loadShard(request, shard) {
      const found = await db
        .selectFrom('requests')
        .select(['id', 'owner', 'status', 'options', 'secret', 'layout'])
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
      const options = storedOptions(found.options);
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
          serial.as('serial'),
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
      const columns = templateColumns(options.name);
      const header = columns.length > 0 ? (JSON.parse(found.layout) as CsvLayout).header : [];
      const cells = await namingCells(request, images, columns, header);
      const { id, owner, secret } = found;
      return {
        id,
        owner,
        lease: Number(lease),
        options,
        secret: Buffer.from(secret, 'hex'),
        images: images.map((image) => ({ ...image, columns: cells.get(image.row) ?? {} })),
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
        const changed = [
          ...(await settleImages(parts, trx, outcomes)),
          ...(await settleRepeated(parts, trx, outcomes)),
        ];
        const settled = changed.filter(({ status }) => status !== 'pending');
        await recordRenditions(parts, trx, outcomes, settled);
        await recordNotes(parts, trx, outcomes, settled);
        const byRequest = Map.groupBy(settled, ({ request }) => request);
        // In one order everywhere, so that two processes never wait for each other's rows.
        const byOwner = new Map<string, ChangedImage[]>();
        for (const request of [...byRequest.keys()].sort((a, b) => a - b)) {
          const images = byRequest.get(request) ?? [];
          const owner = await count(trx, request, images);
          if (owner !== undefined) byOwner.set(owner, [...(byOwner.get(owner) ?? []), ...images]);
        }
        for (const owner of [...byOwner.keys()].sort()) {
          await addUsage(trx, owner, now(), usageOf(byOwner.get(owner) ?? []));
        }
      });
    },
  };
}
