import { parse } from 'csv-parse/sync';
import type { Problem } from '../domain/problem.ts';
import { fileProblem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';
import { type Columns, findColumns } from './columns.ts';
import type { Survey } from './detect.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * How the columns of a file are to be read. The delimiter is the one with which the header has the columns that are
 * needed; of several, the one that makes most columns.
 * @param delimiter that the client asked for
 * @throws Problem `missing_columns`, `duplicate_columns`, `unclosed_quote`
 */
export function readHeader({ encoding, bom, head }: Survey, delimiter?: CsvLayout['delimiter']): CsvLayout {
  const newline = (/\r\n|\n|\r/.exec(head)?.[0] ?? '\n') as CsvLayout['newline'];
  // Blank lines before the header count as lines.
  const line = 1 + (/^(?:[ \t]*(?:\r\n|\n|\r))*/.exec(head)?.[0].match(/\r\n|\n|\r/g)?.length ?? 0);
  const possible = DELIMITERS.filter((candidate) => candidate === ',' || head.includes(candidate));
  const readings = (delimiter === undefined ? possible : [delimiter])
    .map((candidate) => read(head, candidate, line))
    .sort((a, b) => Number('problem' in a) - Number('problem' in b) || b.header.length - a.header.length);
  const best = readings[0];
  if (!best) throw new Error('no delimiter was tried');
  if ('problem' in best) throw best.problem;
  return { encoding, bom, newline, delimiter: best.delimiter, header: best.header, ...best.columns };
}

type Reading = { delimiter: CsvLayout['delimiter']; header: string[] } & ({ columns: Columns } | { problem: unknown });

function read(head: string, delimiter: CsvLayout['delimiter'], line: number): Reading {
  const header = firstRecord(head, delimiter, line);
  if (!Array.isArray(header)) return { delimiter, header: [], problem: header };
  try {
    return { delimiter, header, columns: findColumns(header, line) };
  } catch (problem) {
    return { delimiter, header, problem };
  }
}

function firstRecord(head: string, delimiter: string, line: number): string[] | Problem {
  try {
    const options = { relax_quotes: true, relax_column_count: true, skip_records_with_empty_values: true, to: 1 };
    const records = parse(head, { ...options, delimiter });
    return (records[0] ?? []).map((cell) => cell.trim());
  } catch (cause) {
    return fileProblem('unclosed_quote', { line, cause }, { line });
  }
}
