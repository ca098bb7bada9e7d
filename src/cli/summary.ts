import { type FailureCode, failureKind } from '../domain/catalogues/failures.ts';
import { type Progress, percentSaved } from '../domain/request.ts';
import type { RequestRecord } from '../pipeline/ports/store/records.ts';
import type { RowQueries } from '../pipeline/ports/store/rows.ts';
import { productPages } from '../results/product-pages.ts';
import { bytesText, durationText, tableText } from './terminal.ts';

/** What became of a request, in numbers. */
export interface Summary {
  progress: Progress;
  /** Images whose original was smaller than anything we made of it. */
  kept: number;
  /** The most frequent first. */
  failures: { code: FailureCode; count: number }[];
  /** Rows that were left out. */
  rejected: number;
}

export async function summarise(store: Pick<RowQueries, 'products'>, record: RequestRecord): Promise<Summary> {
  const counts = new Map<FailureCode, number>();
  let kept = 0;
  for await (const page of productPages(store, record, { names: false, cells: false })) {
    for (const { outcome, error } of page.flatMap(({ images }) => images)) {
      if (outcome === 'kept_original') kept++;
      if (error) counts.set(error.code, (counts.get(error.code) ?? 0) + 1);
    }
  }
  const failures = [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count);
  return { progress: record, kept, failures, rejected: record.rejectedTotal };
}

/** @param ms that the work took; null where it was done before, and nothing can be said of it */
export function summaryText({ progress, kept, failures, rejected }: Summary, ms: number | null): string {
  const { imagesTotal, imagesDone, imagesFailed, bytesIn, bytesOut } = progress;
  const rows = [
    ['Images', `${imagesTotal}`],
    ['Done', `${imagesDone}${kept > 0 ? ` (${kept} kept as they were: already small)` : ''}`],
    ['Failed', `${imagesFailed}`],
    ...(rejected > 0 ? [['Rows left out', `${rejected}`]] : []),
    ['Before', bytesText(bytesIn)],
    ['After', `${bytesText(bytesOut)} (${percentSaved(progress)} % saved)`],
    ...(ms === null
      ? []
      : [['Time', `${durationText(ms)} (${((imagesTotal * 1000) / ms).toFixed(1)} images a second)`]]),
  ];
  const reasons = failures.map(({ code, count }) => [`  ${count}`, code, failureKind(code).hint]);
  return tableText(rows) + (reasons.length > 0 ? `\n\nWhy images failed\n${tableText(reasons)}` : '');
}
