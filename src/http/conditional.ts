import type { IncomingHttpHeaders } from 'node:http';
import parseRange from 'range-parser';

/** What a client may compare: a strong tag, and when the file was written. */
export interface Validators {
  etag: string;
  modifiedAt: Date;
}

/** Whether the client's copy is still good (RFC 9110 section 13.2.2, steps 3 and 4). */
export function isUnchanged(headers: IncomingHttpHeaders, { etag, modifiedAt }: Validators): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return wholeSeconds(modifiedAt) <= since;
}

/**
 * The bytes that a client asks for (RFC 9110 section 14.2). Undefined: all of them, also for several ranges and for
 * what is no range of bytes, both of which a server may ignore.
 */
export function requestedRange(
  headers: IncomingHttpHeaders,
  size: number,
  validators: Validators,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  if (headers.range === undefined || !rangeStillValid(headers['if-range'], validators)) return undefined;
  const ranges = parseRange(size, headers.range);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}

/** RFC 9110 section 13.1.5: only a strong tag or the exact date lets the range through. */
function rangeStillValid(ifRange: string | string[] | undefined, { etag, modifiedAt }: Validators): boolean {
  if (ifRange === undefined) return true;
  return ifRange === etag || Date.parse(String(ifRange)) === wholeSeconds(modifiedAt);
}

/** HTTP dates have no milliseconds. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
