export interface S3Address {
  bucket: string;
  /** Before every key, without slashes around it; '' for none. */
  prefix: string;
  /** Undefined: Amazon's. */
  endpoint: string | undefined;
  /** Undefined: what the SDK finds in its own settings. */
  region: string | undefined;
}

/** Region of servers that have none but want to be given one. */
const ANY_REGION = 'us-east-1';

/**
 * Reads `s3://bucket/prefix?endpoint=https://…&region=…`.
 * @throws Error whose message completes the sentence "VARIABLE …"
 */
export function parseS3Address(text: string): S3Address {
  const url = URL.parse(text);
  if (url?.protocol !== 's3:' || !url.hostname) throw new Error('must be s3://bucket or s3://bucket/prefix');
  if (url.username || url.password) throw new Error('must not hold credentials: the SDK reads AWS_ACCESS_KEY_ID');
  for (const name of url.searchParams.keys()) {
    if (name !== 'endpoint' && name !== 'region') throw new Error(`knows endpoint and region, not ${name}`);
  }
  const endpoint = url.searchParams.get('endpoint') ?? undefined;
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new Error('must name an http or https address as its endpoint');
  return {
    bucket: url.hostname,
    prefix: decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, ''),
    endpoint,
    region: url.searchParams.get('region') ?? (endpoint === undefined ? undefined : ANY_REGION),
  };
}
