import { type SqlBool, sql } from 'kysely';
import { storedOptions } from '../../domain/options.ts';
import type { CsvLayout } from '../../domain/product.ts';
import type { Progress } from '../../domain/request.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../../domain/request.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import type { RequestRecord } from '../../pipeline/ports/store/records.ts';
import { type Dialect, storable } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import type { StoreParts } from './store-parts.ts';

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

type ProgressRow = Pick<Tables['requests'], Exclude<(typeof PROGRESS_COLUMNS)[number], 'number'>> &
  Pick<Progress, 'shop'> & { notes: string | null };

type RecordRow = ProgressRow &
  Pick<Tables['requests'], Exclude<(typeof RECORD_COLUMNS)[number], 'number'>> & { number: number };

function progressColumns(dialect: Dialect) {
  const layout = sql.raw(dialect === 'sqlite' ? 'layout' : 'layout::json');
  const counts = sql.raw(
    dialect === 'sqlite' ? 'json_group_object(code, images)' : 'cast(json_object_agg(code, images) as text)',
  );
  const notes = sql<string | null>`(select ${counts} from note_counts where note_counts.request = requests.number)`;
  return [...PROGRESS_COLUMNS, sql<Progress['shop']>`${layout} ->> 'shop'`.as('shop'), notes.as('notes')] as const;
}

/** What `toRecord` needs. */
export function recordColumns(dialect: Dialect) {
  return [...progressColumns(dialect), ...RECORD_COLUMNS] as const;
}

/** Pages go by key, never by offset, so the last page is as fast as the first. */
export function createRequestQueries({ db, dialect }: StoreParts): RequestQueries {
  const visible = db.selectFrom('requests').where('status', 'in', REQUEST_STATUSES);
  return {
    async progress(id, owner) {
      let query = visible.select(progressColumns(dialect)).where('id', '=', id);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      const row = await query.executeTakeFirst();
      return row && toProgress(row as ProgressRow);
    },

    async findRequest(id, owner) {
      let query = visible.select(recordColumns(dialect)).where('id', '=', id);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      const row = await query.executeTakeFirst();
      return row && toRecord(row);
    },

    async listRequests({ owner, before, limit, text }) {
      let query = visible.select(progressColumns(dialect)).orderBy('id', 'desc').limit(limit);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      // UUIDs of version 7 sort by the time of their making.
      if (before !== undefined) query = query.where('id', '<', before);
      if (text !== undefined) query = query.where(contains(dialect, text));
      return (await query.execute()).map((row) => toProgress(row as ProgressRow));
    },
  };
}

/** Whether file name or label hold a text, in any case. */
function contains(dialect: Dialect, text: string) {
  const position = sql.raw(dialect === 'sqlite' ? 'instr' : 'strpos');
  return sql<SqlBool>`${position}(coalesce(search_text, lower(file_name)), ${searchText(text)}) > 0`;
}

/**
 * What a search compares. Not by the database's own `lower`: SQLite's knows the letters of English alone, and PostgreSQL's
 * those of the locale that it was set up with.
 */
export function searchText(...texts: (string | undefined)[]): string {
  return storable(texts.filter(Boolean).join('\n').toLowerCase());
}

export function toRecord(row: RecordRow): RequestRecord {
  const { number, publicUrl, linkBase, layout, ...progress } = row;
  return { ...toProgress(progress), number, publicUrl, linkBase, layout: JSON.parse(layout) as CsvLayout };
}

function toProgress({ status, options, notes, ...row }: ProgressRow): Progress {
  return {
    ...row,
    // Requests of other states are not selected.
    status: status as RequestStatus,
    options: storedOptions(options),
    notes: JSON.parse(notes ?? '{}') as Progress['notes'],
  };
}
