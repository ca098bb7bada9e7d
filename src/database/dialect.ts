import { type RawBuilder, sql } from 'kysely';

/** Which database is behind the store; the few statements that differ ask for it. */
export type Dialect = 'sqlite' | 'postgres';

type Value = string | number | null;
type ColumnType = 'integer' | 'text';

/**
 * Many rows as one parameter: a derived table made from JSON, so that one statement (compiled and sent once) inserts or
 * updates thousands of rows.
 * @param columns with their types
 * @param rows by column; a column that a row leaves out is null
 * @example sql`insert into t (a) select a from ${jsonRows(dialect, { a: 'integer' }, [{ a: 1 }])} as new`
 */
export function jsonRows<Column extends string>(
  dialect: Dialect,
  columns: Partial<Record<Column, ColumnType>>,
  rows: Partial<Record<Column, Value | undefined>>[],
): RawBuilder<unknown> {
  const names = Object.keys(columns) as Column[];
  const stored = (value: Value = null) => (dialect === 'sqlite' ? value : storable(value));
  // Arrays: names in each row would be most of what is sent.
  const json = JSON.stringify(rows.map((row) => names.map((name) => stored(row[name]))));
  const value = (type: ColumnType | undefined, place: number) =>
    dialect === 'sqlite'
      ? sql.raw(`value ->> ${place}`)
      : sql.raw(`(value ->> ${place})${type === 'integer' ? '::bigint' : ''}`);
  const list = sql.join(names.map((name, place) => sql`${value(columns[name], place)} as ${sql.ref(name)}`));
  const source = dialect === 'sqlite' ? sql`json_each(${json})` : sql`jsonb_array_elements(${json}::jsonb) as t(value)`;
  return sql`(select ${list} from ${source})`;
}

/** PostgreSQL's texts hold no NUL, and its JSON no half of a surrogate pair; both become the replacement character. */
export function storable<T>(value: T): T | string {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd').toWellFormed() : value;
}
