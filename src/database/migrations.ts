import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Dialect } from './dialect.ts';

/**
 * Every change of the tables, oldest first. What has been released is never edited: a later entry mends it.
 * Written in the database's own names (snake_case), because the present `Tables` type is not that of an old version.
 */
export function migrations(dialect: Dialect): Record<string, Migration> {
  const serial =
    dialect === 'sqlite' ? 'integer primary key autoincrement' : 'bigint generated always as identity primary key';
  // Rows of a request lie together on disk, as they are read and settled together.
  const clustered = dialect === 'sqlite' ? 'without rowid' : '';
  const statements = (...texts: string[]): Migration => ({
    async up(db: Kysely<unknown>) {
      for (const text of texts) await sql.raw(text).execute(db);
    },
  });

  return {
    '001-requests': statements(
      `create table requests (
        number ${serial},
        id text not null unique,
        owner text not null,
        file_name text not null,
        status text not null,
        quality integer not null,
        scale integer not null,
        format text not null,
        effort text not null,
        webhook_url text,
        link_base text not null,
        secret text not null,
        layout text not null,
        warnings text not null default '[]',
        warning_count integer not null default 0,
        products_total integer not null default 0,
        images_total integer not null default 0,
        images_done integer not null default 0,
        images_failed integer not null default 0,
        rejected_total integer not null default 0,
        bytes_in bigint not null default 0,
        bytes_out bigint not null default 0,
        created_at bigint not null,
        updated_at bigint not null,
        started_at bigint,
        finished_at bigint,
        deliveries integer not null default 0
      )`,
      'create index requests_by_owner on requests (owner, id)',
      'create index requests_by_status on requests (status, updated_at)',
      `create table idempotency_keys (
        owner text not null,
        key text not null,
        request bigint not null,
        digest text not null,
        created_at bigint not null,
        primary key (owner, key)
      )`,
      'create index idempotency_keys_by_request on idempotency_keys (request)',
      `create table products (
        request bigint not null,
        row integer not null,
        line integer not null,
        serial text not null,
        name text not null,
        cells text not null,
        first_image integer not null,
        image_count integer not null,
        primary key (request, row)
      ) ${clustered}`,
      `create table rejected_rows (
        request bigint not null,
        line integer not null,
        cells text not null,
        issue text not null,
        primary key (request, line)
      ) ${clustered}`,
      `create table images (
        request bigint not null,
        number integer not null,
        row integer not null,
        position integer not null,
        input_url text not null,
        same_as integer,
        status text not null,
        attempts integer not null default 0,
        retry_at bigint not null default 0,
        error_code text,
        error_stage text,
        error_message text,
        key text,
        outcome text,
        format_in text,
        format_out text,
        width_in integer,
        height_in integer,
        width integer,
        height integer,
        bytes_in bigint,
        bytes_out bigint,
        updated_at bigint not null,
        primary key (request, number)
      ) ${clustered}`,
      // Partial: most images are neither a repeated link nor failed, and a million rows should not pay for two indexes.
      'create index images_repeated on images (request, same_as) where same_as is not null',
      `create index images_failed on images (request, row) where status = 'failed'`,
      `create table deliveries (
        request bigint not null,
        part integer not null,
        webhook_id text not null,
        url text not null,
        step integer not null,
        state text not null,
        primary key (request, part)
      )`,
      `create table delivery_attempts (
        request bigint not null,
        part integer not null,
        at bigint not null,
        duration_ms integer not null,
        status_code integer,
        error text,
        next_at bigint,
        state text not null
      )`,
      'create index delivery_attempts_by_request on delivery_attempts (request, at)',
      'create table settings (name text primary key, value text not null)',
    ),
    ...(dialect === 'sqlite' && {
      '001-jobs': statements(
        `create table jobs (
          id integer primary key autoincrement,
          kind text not null,
          request bigint not null,
          part integer not null,
          run_at bigint not null,
          taken integer not null default 0,
          asked integer not null default 0,
          unique (kind, request, part)
        )`,
        // The order in which jobs are handed out: the first shards of every request before the later ones of any.
        'create index jobs_in_turn on jobs (kind, taken, part, id)',
      ),
    }),
    // Who got a shard last: a result of anybody before is refused.
    '002-leases': statements(
      `create table leases (
        request bigint not null,
        part integer not null,
        lease bigint not null,
        primary key (request, part)
      ) ${clustered}`,
    ),
    ...(dialect === 'sqlite' && {
      // How long a job has waited; for those that are there already, from now on.
      '003-jobs-since': statements(
        'alter table jobs add column since integer not null default 0',
        'update jobs set since = unixepoch() * 1000',
      ),
    }),
    // Counted apart from the requests: deleting one does not give its images back.
    '004-daily-usage': statements(
      `create table daily_usage (
        owner text not null,
        day integer not null,
        images bigint not null,
        primary key (owner, day)
      ) ${clustered}`,
    ),
    // Whether an image of the storage has a row. Nothing to pay for an upload: only stored images are in it.
    '005-stored-images': statements('create index images_stored on images (key) where key is not null'),
    // Null where it cannot be told from the links: they lead to a CDN.
    '006-public-url': statements(
      'alter table requests add column public_url text',
      `update requests set public_url = substr(link_base, 1, length(link_base) - length('/api/image/'))
        where link_base like '%/api/image/'`,
    ),
    // The row that the name was taken from, instead of a copy; null where the row has its own.
    '007-name-row': statements('alter table products add column name_row integer'),
    // The options as one value, so that a new one needs no migration. The old columns go: a process of an older version that
    // is still running fails at a request of ours, and its work waits for a newer one; with columns that say nothing of the
    // newer options it would make the wrong pictures. Whether bad rows were to be skipped is told by those that were.
    '008-options': statements(
      `alter table requests add column options text not null default '{}'`,
      `update requests set options = '{"quality":' || quality || ',"scale":' || scale || ',"format":"' || format
        || '","effort":"' || effort || '","on_error":"' || case when rejected_total > 0 then 'skip' else 'refuse' end || '"}'`,
      ...['quality', 'scale', 'format', 'effort'].map((column) => `alter table requests drop column ${column}`),
    ),
    // Tables of their own: most images have no note, and nothing is written for these.
    '009-notes': statements(
      `create table image_notes (
        request bigint not null,
        number integer not null,
        code text not null,
        row integer not null,
        details text,
        primary key (request, number, code)
      ) ${clustered}`,
      'create index image_notes_by_code on image_notes (request, code, row)',
      `create table note_counts (
        request bigint not null,
        code text not null,
        images integer not null,
        primary key (request, code)
      ) ${clustered}`,
    ),
    // Null in the rows that are there: these are found by their file names as far as the database knows upper case.
    '010-search-text': statements('alter table requests add column search_text text'),
    // Before, images were counted while there were quotas, and nothing else.
    '011-customers': statements(
      ...['requests', 'images_reused', 'bytes_transferred', 'bytes_out'].map(
        (column) => `alter table daily_usage add column ${column} bigint not null default 0`,
      ),
      'create table claimed_keys (owner text primary key, customer text not null)',
      'create table ended_sessions (id text primary key, ends_at bigint not null)',
    ),
    ...(dialect === 'sqlite' && {
      // Before, jobs were handed out by their `part`, whosever they were. The indexes hold all that is asked while somebody has
      // as many jobs in hand as one may.
      '012-jobs-by-customer': statements(
        `alter table jobs add column owner text not null default ''`,
        'alter table jobs add column turn integer not null default 0',
        `update jobs set turn = part + 1,
          owner = coalesce((select owner from requests where requests.number = jobs.request), '')`,
        'drop index jobs_in_turn',
        'create index jobs_in_turn on jobs (kind, taken, turn, id, owner, run_at)',
        'create index jobs_by_time on jobs (kind, taken, run_at, owner)',
      ),
    }),
    // Nothing to pay for where an image is one picture. What has no placeholder was made before there were any.
    '013-renditions': statements(
      `create table image_renditions (
        request bigint not null,
        number integer not null,
        place integer not null,
        name text not null,
        key text not null,
        format_out text not null,
        width integer not null,
        height integer not null,
        bytes_out bigint not null,
        primary key (request, number, place)
      ) ${clustered}`,
      'create index image_renditions_by_key on image_renditions (key)',
      'alter table images add column placeholder text',
    ),
  };
}
