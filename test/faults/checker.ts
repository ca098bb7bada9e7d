import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { temporaryFiles } from '../support/temporary-files.ts';

/** What a client was told, and what its receiver got. */
export interface OperationLog {
  /** Every request_id that was answered with 200, with the number of its images. */
  acknowledged: Map<string, number>;
  /** For each request: the webhook-ids that arrived. */
  webhooks: Map<string, string[]>;
}

/** Compares what was promised with what is there. @returns every violation, as a sentence */
export function violations(dataDir: string, { acknowledged, webhooks }: OperationLog): string[] {
  const found: string[] = [];
  const database = new DatabaseSync(join(dataDir, 'pixmill.sqlite'), { readOnly: true });
  const one = (sql: string, ...values: (string | number)[]) =>
    database.prepare(sql).get(...values) as Record<string, number | string> | undefined;
  if (one('pragma integrity_check')?.integrity_check !== 'ok') found.push('the database is damaged');

  for (const [id, images] of acknowledged) {
    const request = one('select * from requests where id = ?', id);
    if (!request) {
      found.push(`${id} was acknowledged and is gone`);
      continue;
    }
    const rows = one(
      `select count(*) as total, sum(status = 'done') as done, sum(status = 'failed') as failed,
        sum(bytes_in) as bytes_in, sum(bytes_out) as bytes_out from images where request = ?`,
      request.number ?? 0,
    );
    if (rows?.total !== images) found.push(`${id} has ${rows?.total} images instead of ${images}`);
    if (Number(rows?.done) + Number(rows?.failed) !== images) found.push(`${id} is stuck: ${JSON.stringify(rows)}`);
    for (const [counter, row] of [
      ['images_done', 'done'],
      ['images_failed', 'failed'],
      ['bytes_in', 'bytes_in'],
      ['bytes_out', 'bytes_out'],
    ] as const) {
      if (request[counter] !== (rows?.[row] ?? 0))
        found.push(`${id}: ${counter} is ${request[counter]}, the rows say ${rows?.[row]}`);
    }
    if (request.status !== 'Completed') found.push(`${id} is ${request.status}`);
    const ids = new Set(webhooks.get(id));
    if (ids.size !== 1) found.push(`${id} had ${ids.size} different webhooks instead of one`);
  }

  const stored = database.prepare("select distinct key, bytes_out from images where status = 'done'").all() as {
    key: string;
    bytes_out: number;
  }[];
  const files = new Map(imageFiles(dataDir).map((file) => [file.name, file.size]));
  for (const { key, bytes_out } of stored) {
    if (files.get(key) !== bytes_out)
      found.push(`${key} should have ${bytes_out} bytes and has ${files.get(key) ?? 'no file'}`);
  }
  const left = temporaryFiles(dataDir);
  if (left.length > 0) found.push(`${left.length} temporary files are left`);
  const waiting = one('select count(*) as jobs from jobs')?.jobs;
  if (waiting !== 0) found.push(`${waiting} jobs are left`);
  database.close();
  return found;
}

function imageFiles(dataDir: string): { name: string; size: number }[] {
  const root = join(dataDir, 'images');
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.\w+$/.test(path))
    .map((path) => ({ name: path.split('/').at(-1) ?? '', size: statSync(join(root, path)).size }));
}
