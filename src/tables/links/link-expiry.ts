/** Parameters of signed links that say when they end, in seconds or milliseconds since 1970, or as a date. */
const ENDS = ['expires', 'expire', 'exp', 'expiry', 'e', 'se', 'x-expires', 'oe'];
const SIGNED = /[?&](?:expires?|exp|expiry|e|se|x-expires|oe|x-(?:amz|goog)-(?:date|expires))=/i;
/** Airtable's links hold their end in the path. */
const AIRTABLE = /airtableusercontent\.com\/v\d+\/u\/\d+\/\d+\/(\d{13})\//;
/** From 2001 to 2100: other numbers are no times. */
const [EARLIEST, LATEST] = [1_000_000_000_000, 4_102_444_800_000];

/**
 * When a link stops to be good, as far as the link itself says so.
 * @returns milliseconds since 1970
 */
export function linkExpiry(link: string): number | undefined {
  const airtable = AIRTABLE.exec(link)?.[1];
  if (airtable !== undefined) return Number(airtable);
  if (!SIGNED.test(link)) return undefined;
  const query = new URLSearchParams(link.slice(link.indexOf('?')));
  const parameters = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
  for (const service of ['amz', 'goog']) {
    const from = compactTime(parameters.get(`x-${service}-date`) ?? '');
    const seconds = Number(parameters.get(`x-${service}-expires`));
    if (from !== undefined && seconds > 0) return from + seconds * 1_000;
  }
  for (const name of ENDS) {
    const value = parameters.get(name);
    const time = value === undefined ? undefined : name === 'oe' ? Number.parseInt(value, 16) * 1_000 : timeOf(value);
    if (time !== undefined && time >= EARLIEST && time <= LATEST) return time;
  }
  return undefined;
}

/** `20260314T092653Z`. */
function compactTime(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 1, ...rest] = parts;
  return Date.UTC(year, month - 1, ...rest);
}

function timeOf(value: string): number | undefined {
  if (/^\d{10}$/.test(value)) return Number(value) * 1_000;
  if (/^\d{13}$/.test(value)) return Number(value);
  return /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : undefined;
}
