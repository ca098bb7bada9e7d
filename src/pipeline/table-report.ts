import type { ColumnRole } from '../domain/product.ts';
import { hasQuotas, type Quotas, type Usage } from '../domain/quota.ts';
import type { ReadTable } from '../tables/read-products.ts';

/** How a table was read, so that a person sees whether that is what was meant. */
export interface TableReport {
  /** A WHATWG label. */
  encoding: string;
  encodingSure: boolean;
  /** Line of the header, from 1; null where the table has none. */
  headerRow: number | null;
  /** Of a workbook. */
  sheet: string | null;
  sheets: string[];
  columns: {
    /** From 1. */
    index: number;
    header: string;
    role: ColumnRole | null;
    links: number;
    /** The first cell that is not empty, shortened. */
    sample: string;
  }[];
  /** Links that say when they end; times in milliseconds since 1970. */
  linksExpiring: { line: number; position: number; at: number }[];
  /** What the caller may still use; null where nothing is limited. */
  quota: { imagesLeft: number | null; requestsLeft: number | null } | null;
}

export function tableReport(
  { layout, found, encodingSure, sheets = [], links }: ReadTable,
  linksExpiring: TableReport['linksExpiring'],
  quota: TableReport['quota'],
): TableReport {
  const { serialColumn, nameColumn, imageColumns, groupColumn, outputColumn } = layout;
  const roleOf = (column: number): ColumnRole | null => {
    if (imageColumns.includes(column)) return 'image';
    if (column === serialColumn) return 'serial_number';
    if (column === nameColumn) return 'product_name';
    if (column === groupColumn) return 'group';
    return column === outputColumn ? 'output' : null;
  };
  return {
    encoding: layout.encoding,
    encodingSure,
    headerRow: layout.headerLine ?? null,
    sheet: layout.sheet ?? null,
    sheets,
    columns: layout.header.map((header, column) => ({
      index: column + 1,
      header,
      role: roleOf(column),
      links: links[column] ?? 0,
      sample: found.profiles[column]?.sample ?? '',
    })),
    linksExpiring,
    quota,
  };
}

export function quotaLeft(quotas: Quotas, used: Usage): TableReport['quota'] {
  if (!hasQuotas(quotas)) return null;
  const left = (limit: number, taken: number) => (limit === 0 ? null : Math.max(0, limit - taken));
  return {
    imagesLeft: left(quotas.imagesPerDay, used.imagesToday),
    requestsLeft: left(quotas.openRequests, used.openRequests),
  };
}
