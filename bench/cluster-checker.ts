import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import pg from 'pg';

/** Compares what was promised of a request with the rows and the files. @returns every violation, as a sentence */
export async function clusterViolations(database: string, dataDir: string, id: string, images: number) {
  const found: string[] = [];
  const client = new pg.Client(database);
  await client.connect();
  const { rows } = await client.query(
    `select status, images_done::int as counted_done, images_failed::int as counted_failed,
      requests.bytes_in::float as counted_in, requests.bytes_out::float as counted_out, rows.*
    from requests join (select request, count(*)::int as total, count(*) filter (where status = 'done')::int as done,
        count(*) filter (where status = 'failed')::int as failed, sum(bytes_in)::float as bytes_in,
        sum(bytes_out)::float as bytes_out from images group by request) as rows on rows.request = requests.number
    where id = $1`,
    [id],
  );
  const stored = await client.query("select key, bytes_out::int as bytes from images where status = 'done'");
  const jobs = await client.query("select count(*)::int as left from pgboss.job where state < 'completed'");
  await client.end();

  const [request] = rows;
  if (!request) return [`${id} was acknowledged and is gone`];
  const same = (what: string, is: unknown, wanted: unknown) => {
    if (is !== wanted) found.push(`${what}: ${is} instead of ${wanted}`);
  };
  same('status', request.status, 'Completed');
  same('images', request.total, images);
  same('images done', request.done, images);
  same('counter of images done', request.counted_done, request.done);
  same('counter of images failed', request.counted_failed, request.failed);
  same('counter of bytes in', request.counted_in, request.bytes_in);
  same('counter of bytes out', request.counted_out, request.bytes_out);
  same('jobs left', jobs.rows[0]?.left, 0);

  const root = join(dataDir, 'images');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /\.\w+$/.test(path));
  const sizes = new Map(files.map((path) => [basename(path), statSync(join(root, path)).size]));
  for (const { key, bytes } of stored.rows) same(`bytes of ${key}`, sizes.get(basename(key)), bytes);
  same('different keys', new Set(stored.rows.map(({ key }) => key)).size, images);
  return found;
}
