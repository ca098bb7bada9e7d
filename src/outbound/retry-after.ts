/**
 * What a host asks to wait (RFC 9110 section 10.2.3), in milliseconds from now; seconds or a date.
 * @returns undefined where it asks nothing that can be understood
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(date - now, 0);
}
