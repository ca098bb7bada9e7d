/** How the numbers of a cell are shown, as far as it changes what they say. */
export type NumberFormat = 'plain' | 'date' | { digits: number };

const DAY_SECONDS = 86_400;
/** 9999-12-31, the last day that Excel knows. */
const LAST_DAY = 2_958_465;

/** Numbers that stand for a format of Excel's own with a date or a time in it (ECMA-376 part 1, 18.8.30). */
function isBuiltInDate(id: number): boolean {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

/** One of Excel's own, by its number. */
export function builtInFormat(id: number): NumberFormat {
  return isBuiltInDate(id) ? 'date' : 'plain';
}

/**
 * Words in quotes, escaped letters, and what stands in brackets. What is open at the end closes there: an expression that
 * asked for the closing sign would look for it from every opening one to the end.
 */
const ASIDE = /"[^"]*"?|[\\_*].?|\[[^\]]*\]?/g;
/** Hours, minutes or seconds that count on past a day. */
const ELAPSED = /^\[(?:h+|m+|s+)\]$/i;

/** @param code such as `dd.mm.yyyy`, `00000` or `0.00 "days"` */
export function numberFormat(code: string): NumberFormat {
  // Words and escaped letters, and the colours and conditions in brackets, say nothing of the value.
  const bare = code.replace(ASIDE, (aside) => (ELAPSED.test(aside) ? aside : ''));
  if (/^0{2,20}$/.test(bare)) return { digits: bare.length };
  return /[dmyhs]/i.test(bare.split(';', 1)[0]?.replace(/general/i, '') ?? '') ? 'date' : 'plain';
}

/** A number as a person sees it: 1 for 1.0, 9.9 for 9.9000000000000004, a day for its count. */
export function numberText(raw: string, format: NumberFormat, from1904: boolean): string {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  if (format === 'date' && value >= 0 && value <= LAST_DAY) return dateText(value, from1904);
  // Excel itself shows and keeps 15 digits.
  const text = String(Number(value.toPrecision(15)));
  return typeof format === 'object' && /^\d+$/.test(text) ? text.padStart(format.digits, '0') : text;
}

/** Days since the end of 1899, or of 1903 (18.17.4.1), as ISO 8601: a day, a time of day, or both. */
function dateText(value: number, from1904: boolean): string {
  // Excel counts a 29 February 1900 that never was, as its forerunner did.
  const days = from1904 ? value + 1_462 : value < 60 ? value + 1 : value;
  const moment = new Date(Date.UTC(1899, 11, 30) + Math.round(days * DAY_SECONDS) * 1_000).toISOString();
  const [date, time] = [moment.slice(0, -14), moment.slice(-13, -5)];
  if (time === '00:00:00') return date;
  return value < 1 ? time : `${date}T${time}`;
}

/** Characters that XML cannot hold are written as `_x000D_` (ECMA-376 part 1, 22.9.2.19). */
export function textOf(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
}

/** Databases hold neither NUL nor half of a surrogate pair, which a workbook can name by their numbers. */
export function storedText(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}
