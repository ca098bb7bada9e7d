import { Problem } from '../domain/problem.ts';
import type { TableOptions } from '../domain/table-options.ts';
import { normaliseName } from './column-names.ts';

/** The columns that the client names, by their indexes. */
export interface ChosenColumns {
  serial?: number;
  name?: number;
  group?: number;
  images?: number[];
}

/** @throws Problem `invalid_option` where one is not there */
export function chosenColumns(header: string[], names: string[], options: TableOptions): ChosenColumns {
  const only = (field: string, wanted: string) => {
    const [column] = findColumn(header, names, field, wanted);
    return column;
  };
  return {
    ...(options.serial_column !== undefined && { serial: only('serial_column', options.serial_column) }),
    ...(options.name_column !== undefined && { name: only('name_column', options.name_column) }),
    ...(options.group_column !== undefined && { group: only('group_column', options.group_column) }),
    ...(options.image_columns !== undefined && {
      images: [
        ...new Set(options.image_columns.flatMap((wanted) => findColumn(header, names, 'image_columns', wanted))),
      ],
    }),
  };
}

/** A name that several columns have means all of them. */
function findColumn(header: string[], names: string[], field: string, wanted: string): [number, ...number[]] {
  const place = /^#(\d{1,5})$/.exec(wanted)?.[1];
  if (place !== undefined) {
    const column = Number(place) - 1;
    if (column >= 0 && column < header.length) return [column];
    throw notThere(header, field, `The table has ${header.length} columns, and no ${wanted}.`);
  }
  const among = (same: (column: number) => boolean) => header.map((_name, column) => column).filter(same);
  const exact = among((column) => header[column] === wanted);
  const key = normaliseName(wanted);
  const [first, ...more] = exact.length > 0 ? exact : among((column) => key !== '' && names[column] === key);
  if (first !== undefined) return [first, ...more];
  throw notThere(header, field, `The table has no column "${wanted.slice(0, 60)}".`);
}

function notThere(header: string[], field: string, what: string): Problem {
  const found = header
    .slice(0, 30)
    .map((name, column) => `#${column + 1} "${name.replace(/\p{Cc}/gu, ' ').slice(0, 60)}"`);
  return new Problem(
    'invalid_option',
    `"${field}" names a column that is not there. ${what} It has ${found.join(', ')}.`,
  );
}
