/** A space, a tab or a no-break space may stand between a delimiter and a quote. */
export function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0xa0;
}

const QUOTE = 0x22;

/**
 * The value of a cell as it is written between two delimiters: what stands in its quotes, or else the text itself.
 * @example cellValue('"a ""b"""') // a "b"
 */
export function cellValue(written: string): string {
  // Most cells begin with a letter, a digit or a sign.
  if (written.charCodeAt(0) > QUOTE && written.charCodeAt(0) !== 0xa0) return written;
  let from = 0;
  while (isBlankCode(written.charCodeAt(from))) from++;
  if (written.charCodeAt(from) !== QUOTE) return written;
  let to = written.length;
  while (isBlankCode(written.charCodeAt(to - 1))) to--;
  // A quote that opens and does not close at the end belongs to the text, as in "12" frame.
  if (to - from < 2 || written.charCodeAt(to - 1) !== QUOTE) return written;
  return written.slice(from + 1, to - 1).replaceAll('""', '"');
}

/** A value as it is written: in quotes where it would be torn apart otherwise. */
export function writeCell(value: string, delimiter: string): string {
  // A comma always: lists of links are in quotes whatever the delimiter is.
  if (!/[",\r\n]/.test(value) && !value.includes(delimiter)) return value;
  return `"${value.replaceAll('"', '""')}"`;
}
