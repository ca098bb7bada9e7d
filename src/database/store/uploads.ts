import { sql } from 'kysely';
import { type CsvIssue, issueFromStored, LISTED_ISSUES, storedIssue } from '../../domain/csv-issue.ts';
import { Problem } from '../../domain/problem.ts';
import { SHARD_SIZE } from '../../domain/request.ts';
import type { Upload } from '../../pipeline/ports/store/records.ts';
import type { UploadStore } from '../../pipeline/ports/store/uploads.ts';
import { jsonRows } from '../dialect.ts';
import { searchText } from './queries.ts';
import { countOpen, spend, usageOf } from './quota-usage.ts';
import { dropRows } from './row-steps.ts';
import type { StoreParts } from './store-parts.ts';

/** How long an Idempotency-Key is remembered. */
const KEY_LIFE_MS = 24 * 3_600_000;

/** From here on a request is large enough to change what the database should know of its tables. */
const MANY_IMAGES = 10_000;

const PRODUCT_COLUMNS = {
  row: 'integer',
  line: 'integer',
  serial: 'text',
  name: 'text',
  cells: 'text',
  first_image: 'integer',
  image_count: 'integer',
} as const;

/** Only where a row takes its name from above. */
const NAME_ROW = { name_row: 'integer' } as const;

/** Storing an upload: many short transactions that nobody sees, then one commit that makes it visible. */
export function createUploadStore(parts: StoreParts): UploadStore {
  const { db, dialect, now } = parts;
  return {
    async beginRequest(request) {
      const { number } = await db
        .insertInto('requests')
        .values({
          id: request.id,
          owner: request.owner,
          fileName: request.fileName,
          status: 'Receiving',
          options: JSON.stringify(request.options),
          searchText: searchText(request.fileName, request.options.label),
          webhookUrl: request.webhookUrl,
          publicUrl: request.publicUrl,
          linkBase: request.linkBase,
          secret: Buffer.from(request.secret).toString('hex'),
          layout: JSON.stringify(request.layout),
          warnings: '[]',
          warningCount: 0,
          productsTotal: 0,
          imagesTotal: 0,
          imagesDone: 0,
          imagesFailed: 0,
          rejectedTotal: 0,
          bytesIn: 0,
          bytesOut: 0,
          createdAt: request.createdAt,
          updatedAt: request.createdAt,
          deliveries: 0,
        })
        .returning('number')
        .executeTakeFirstOrThrow();
      return Number(number);
    },

    async appendProducts(request, products) {
      // Few tables have such rows, and each column of a million rows costs time.
      const takesNames = products.some(({ nameRow }) => nameRow !== undefined);
      const columns = { ...PRODUCT_COLUMNS, ...(takesNames && NAME_ROW) };
      const columnList = sql.raw(Object.keys(columns).join(', '));
      const productRows = jsonRows(
        dialect,
        columns,
        products.map(({ row, line, serial, name, nameRow, cells, firstImage, urls }) => ({
          row,
          line,
          serial,
          name: nameRow === undefined ? name : '',
          cells: JSON.stringify(cells),
          first_image: firstImage,
          image_count: urls.length,
          name_row: nameRow,
        })),
      );
      const imageRows = jsonRows(
        dialect,
        { number: 'integer', row: 'integer', position: 'integer', input_url: 'text', same_as: 'integer' },
        products.flatMap((product) =>
          product.urls.map((url, index) => ({
            number: product.firstImage + index,
            row: product.row,
            position: index + 1,
            input_url: url,
            same_as: product.sameAs[index],
          })),
        ),
      );
      await db.transaction().execute(async (trx) => {
        // Shows other processes that the upload is alive, and ends it where one of them has given it up.
        await trx
          .updateTable('requests')
          .set({ updatedAt: now() })
          .where('number', '=', request)
          .where('status', '=', 'Receiving')
          .returning('number')
          .executeTakeFirstOrThrow();
        await sql`insert into products (request, ${columnList})
          select ${request}, ${columnList} from ${productRows} as new`.execute(trx);
        await sql`insert into images (request, number, row, position, input_url, same_as, status, updated_at)
          select ${request}, number, row, position, input_url, same_as, 'pending', ${now()} from ${imageRows} as new`.execute(
          trx,
        );
      });
    },

    async appendRejected(request, rows) {
      if (rows.length === 0) return;
      const rejected = jsonRows(
        dialect,
        { line: 'integer', cells: 'text', issue: 'text' },
        rows.map(({ line, cells, issue }) => ({
          line,
          cells: JSON.stringify(cells),
          issue: JSON.stringify(storedIssue(issue)),
        })),
      );
      await sql`insert into rejected_rows (request, line, cells, issue)
        select ${request}, line, cells, issue from ${rejected} as new`.execute(db);
      await db
        .updateTable('requests')
        .set((eb) => ({ rejectedTotal: eb('rejectedTotal', '+', rows.length) }))
        .where('number', '=', request)
        .execute();
    },

    async publishRequest(request, upload, quotas) {
      await db.transaction().execute(async (trx) => {
        const { owner } = await trx
          .updateTable('requests')
          .set({
            status: 'Pending',
            productsTotal: upload.productsTotal,
            imagesTotal: upload.imagesTotal,
            warnings: JSON.stringify(upload.warnings),
            warningCount: upload.warningCount,
            updatedAt: now(),
          })
          .where('number', '=', request)
          .where('status', '=', 'Receiving')
          .returning('owner')
          .executeTakeFirstOrThrow();
        if (upload.idempotencyKey !== null) {
          const kept = await trx
            .insertInto('idempotencyKeys')
            .values({ owner, key: upload.idempotencyKey, request, digest: upload.digest, createdAt: now() })
            .onConflict((conflict) =>
              conflict
                .columns(['owner', 'key'])
                .doUpdateSet({ request, digest: upload.digest, createdAt: now() })
                .where('idempotencyKeys.createdAt', '<', now() - KEY_LIFE_MS),
            )
            .returning('request')
            .executeTakeFirst();
          // Two uploads with one key at the same time: the one that commits second gives way.
          if (!kept) throw new Problem('idempotency_conflict');
        }
        const shards = Math.ceil(upload.imagesTotal / SHARD_SIZE);
        const rank = await countOpen(trx, owner);
        await parts.enqueue(
          trx,
          Array.from({ length: shards }, (_, shard) => ({ kind: 'shard' as const, request, shard, owner, rank })),
        );
        // Last, since the owner's other uploads wait from here on.
        await spend(trx, owner, { requests: 1, images: upload.imagesTotal }, quotas, now());
      });
      // Until its own statistics know of the rows, PostgreSQL would sort all of them for every page.
      if (dialect === 'postgres' && upload.imagesTotal >= MANY_IMAGES) {
        await sql`analyze products, images`.execute(db).catch(() => undefined);
      }
    },

    async usage(owner) {
      return usageOf(db, owner, now());
    },

    async discardRequest(request) {
      await dropRows(parts, request);
    },

    async findUpload(owner, idempotencyKey) {
      const row = await db
        .selectFrom('idempotencyKeys')
        .innerJoin('requests', 'requests.number', 'idempotencyKeys.request')
        .select(['number', 'id', 'digest', 'productsTotal', 'imagesTotal', 'warnings', 'warningCount', 'rejectedTotal'])
        .where('idempotencyKeys.owner', '=', owner)
        .where('key', '=', idempotencyKey)
        .where('idempotencyKeys.createdAt', '>=', now() - KEY_LIFE_MS)
        .executeTakeFirst();
      if (!row) return undefined;
      const upload: Upload = {
        idempotencyKey,
        digest: row.digest,
        productsTotal: row.productsTotal,
        imagesTotal: row.imagesTotal,
        warnings: JSON.parse(row.warnings) as CsvIssue[],
        warningCount: row.warningCount,
      };
      // Without their cells, of which a hundred rows may hold very much.
      const rejected = await db
        .selectFrom('rejectedRows')
        .select(['line', 'issue'])
        .where('request', '=', row.number)
        .orderBy('line')
        .limit(LISTED_ISSUES)
        .execute();
      const errors = rejected.map(({ line, issue }) => issueFromStored(line, JSON.parse(issue)));
      return { id: row.id, digest: row.digest, upload, errors, errorCount: row.rejectedTotal };
    },
  };
}
