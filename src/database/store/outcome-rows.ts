import { sql } from 'kysely';
import { SHARD_SIZE } from '../../domain/request.ts';
import type { Outcome } from '../../pipeline/ports/store/records.ts';
import { jsonRows } from '../dialect.ts';
import type { StoreParts, Transaction } from './store-parts.ts';

/** What an outcome writes into the row of its image. */
const RESULT_COLUMNS = {
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
  placeholder: 'text',
} as const;

const OUTCOME_COLUMNS = { request: 'integer', number: 'integer', lease: 'integer', ...RESULT_COLUMNS } as const;

type ResultRow = Partial<Record<keyof typeof RESULT_COLUMNS, string | number | null>>;

/** By column; what is left out becomes null. */
function resultRow({ attempts, settlement }: Outcome): ResultRow {
  switch (settlement.kind) {
    case 'done':
      return {
        status: 'done',
        attempts,
        retry_at: 0,
        key: settlement.key,
        outcome: settlement.outcome,
        format_in: settlement.formatIn,
        format_out: settlement.formatOut,
        width_in: settlement.widthIn,
        height_in: settlement.heightIn,
        width: settlement.width,
        height: settlement.height,
        bytes_in: settlement.bytesIn,
        bytes_out: settlement.bytesOut,
        placeholder: settlement.placeholder ? JSON.stringify(settlement.placeholder) : null,
      };
    case 'failed':
      return {
        status: 'failed',
        attempts,
        retry_at: 0,
        error_code: settlement.code,
        error_stage: settlement.stage,
        error_message: settlement.message,
        bytes_in: settlement.bytesIn,
      };
    case 'later':
      return { status: 'pending', attempts, retry_at: settlement.retryAt };
  }
}

/** An image whose row an outcome has changed. */
export interface ChangedImage {
  request: number;
  number: number;
  row: number;
  /** The image that it shares its link and its fate with. */
  sameAs: number | null;
  status: 'done' | 'failed' | 'pending';
  outcome: string | null;
  bytesIn: number | null;
  bytesOut: number | null;
}

const CHANGED = sql.raw(
  ['request', 'number', 'row', 'same_as', 'status', 'outcome', 'bytes_in', 'bytes_out']
    .map((column) => `images.${column}`)
    .join(', '),
);

const resultsOf = (table: string) =>
  sql.raw(
    Object.keys(RESULT_COLUMNS)
      .map((column) => `${column} = ${table}.${column}`)
      .join(', '),
  );

/** Settles images that are pending and whose shard nobody else has got since. */
export async function settleImages(
  { dialect, now }: StoreParts,
  trx: Transaction,
  outcomes: Outcome[],
): Promise<ChangedImage[]> {
  const news = jsonRows(
    dialect,
    OUTCOME_COLUMNS,
    outcomes.map((outcome) => ({
      request: outcome.request,
      number: outcome.number,
      lease: outcome.lease,
      ...resultRow(outcome),
    })),
  );
  const { rows } = await sql<ChangedImage>`update images set ${resultsOf('new')}, updated_at = ${now()}
    from ${news} as new
    where images.request = new.request and images.number = new.number and images.status = 'pending'
      and not exists (select 1 from leases where leases.request = new.request
        and leases.part = new.number / ${sql.lit(SHARD_SIZE)} and leases.lease > new.lease)
    returning ${CHANGED}`.execute(trx);
  return rows;
}

/** Images with the same link as one that has just been settled share its fate. */
export async function settleRepeated(
  { dialect, now }: StoreParts,
  trx: Transaction,
  outcomes: Outcome[],
): Promise<ChangedImage[]> {
  const settled = outcomes.filter(({ settlement }) => settlement.kind !== 'later');
  if (settled.length === 0) return [];
  const firsts = jsonRows(
    dialect,
    { request: 'integer', number: 'integer' },
    settled.map(({ request, number }) => ({ request, number })),
  );
  // Without statistics SQLite would rather walk through all images of the request.
  const byLink = sql.raw(dialect === 'sqlite' ? 'indexed by images_repeated' : '');
  const { rows } = await sql<ChangedImage>`update images ${byLink} set ${resultsOf('first')}, updated_at = ${now()}
    from ${firsts} as new join images as first on first.request = new.request and first.number = new.number
    where images.request = new.request and images.same_as = new.number and images.same_as is not null
      and images.status = 'pending' and first.status <> 'pending'
    returning ${CHANGED}`.execute(trx);
  return rows;
}
