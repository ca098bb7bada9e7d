import { type RawBuilder, sql } from 'kysely';

/** Which database is behind the store; the few statements that differ ask for it. */
export type Dialect = 'sqlite' | 'postgres';

type Value = string | number | null;

/**
 * Many rows as one parameter: a derived table made from a JSON array of arrays, so that one statement (compiled and
 * sent once) inserts or updates thousands of rows.
 * @param columns name and type of each place in the inner arrays
 */
export function jsonRows(
  dialect: Dialect,
  columns: Record<string, 'integer' | 'text'>,
  rows: Value[][],
): RawBuilder<unknown> {
  const json = JSON.stringify(dialect === 'sqlite' ? rows : rows.map((row) => row.map(storable)));
  const value = (type: 'integer' | 'text', place: number) =>
    dialect === 'sqlite'
      ? sql.raw(`value ->> ${place}`)
      : sql.raw(`(value ->> ${place})${type === 'integer' ? '::bigint' : ''}`);
  const list = sql.join(
    Object.entries(columns).map(([name, type], place) => sql`${value(type, place)} as ${sql.ref(name)}`),
  );
  const source = dialect === 'sqlite' ? sql`json_each(${json})` : sql`jsonb_array_elements(${json}::jsonb) as t(value)`;
  return sql`(select ${list} from ${source})`;
}

/** PostgreSQL's texts hold no NUL, and its JSON no half of a surrogate pair; both become the replacement character. */
export function storable<T>(value: T): T | string {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd').toWellFormed() : value;
}
