import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import pg from 'pg';

/** What clients were told, and what their receiver got. */
export interface ClusterLog {
  /** Every request_id that was answered with 200, with the number of its images. */
  acknowledged: Map<string, number>;
  /** For each request: the webhook-ids that arrived; undefined where nobody asked for webhooks. */
  webhooks?: Map<string, string[]>;
}

/**
 * Compares what was promised with the rows and with what is stored.
 * @param stored the size of every stored image, by its key
 * @returns every violation, as a sentence
 */
export async function clusterViolations(
  database: string,
  stored: Map<string, number>,
  { acknowledged, webhooks }: ClusterLog,
): Promise<string[]> {
  const found: string[] = [];
  const same = (what: string, is: unknown, wanted: unknown) => {
    if (is !== wanted) found.push(`${what}: ${is} instead of ${wanted}`);
  };
  const client = new pg.Client(database);
  await client.connect();
  const { rows } = await client.query(
    `select id, status, images_done::int as counted_done, images_failed::int as counted_failed,
      requests.bytes_in::float as counted_in, requests.bytes_out::float as counted_out, rows.*
    from requests join (select request, count(*)::int as total, count(*) filter (where status = 'done')::int as done,
        count(*) filter (where status = 'failed')::int as failed, sum(bytes_in)::float as bytes_in,
        sum(bytes_out)::float as bytes_out from images group by request) as rows on rows.request = requests.number`,
  );
  const images = await client.query("select key, bytes_out::int as bytes from images where status = 'done'");
  const jobs = await client.query("select count(*)::int as left from pgboss.job where state < 'completed'");
  const deliveries = await client.query("select count(*)::int as left from deliveries where state <> 'delivered'");
  await client.end();

  const requests = new Map(rows.map((row) => [row.id, row]));
  same('requests', requests.size, acknowledged.size);
  for (const [id, total] of acknowledged) {
    const request = requests.get(id);
    if (!request) {
      found.push(`${id} was acknowledged and is gone`);
      continue;
    }
    same(`status of ${id}`, request.status, 'Completed');
    same(`images of ${id}`, request.total, total);
    same(`images done of ${id}`, request.done, total);
    same(`counter of images done of ${id}`, request.counted_done, request.done);
    same(`counter of images failed of ${id}`, request.counted_failed, request.failed);
    same(`counter of bytes in of ${id}`, request.counted_in, request.bytes_in);
    same(`counter of bytes out of ${id}`, request.counted_out, request.bytes_out);
    if (webhooks) same(`different webhook-ids of ${id}`, new Set(webhooks.get(id)).size, 1);
  }
  same('jobs left', jobs.rows[0]?.left, 0);
  same('webhooks left', deliveries.rows[0]?.left, 0);

  const keys = new Set(images.rows.map(({ key }) => key));
  same('different keys', keys.size, images.rows.length);
  for (const { key, bytes } of images.rows) same(`bytes of ${key}`, stored.get(key), bytes);
  for (const key of stored.keys()) if (!keys.has(key)) found.push(`${key} is stored and belongs to no image`);
  return found;
}

/** Every image in a data folder. */
export function imagesInFolder(dataDir: string): Map<string, number> {
  const root = join(dataDir, 'images');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path));
  return new Map(files.filter((file) => statSync(file).isFile()).map((file) => [basename(file), statSync(file).size]));
}
