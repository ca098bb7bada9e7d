import { PixmillError, refusal } from './error.ts';
import { pause } from './pause.ts';

export interface Server {
  /** Without a slash at the end. */
  url: string;
  key: string | undefined;
  fetch: typeof fetch;
  /** How often a request is repeated that failed for a passing reason. */
  repeats: number;
}

export interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /**
   * `always`: doing it twice changes nothing. `refused`: only where the server said that it did nothing.
   * `never`: whoever makes the request repeats it.
   */
  repeat?: 'always' | 'refused' | 'never';
}

const FIRST_PAUSE_MS = 500;
/** Whoever is asked to wait longer should know it. */
const LONGEST_PAUSE_MS = 120_000;

/**
 * One request to the server, repeated where that is safe and may help: after `Retry-After`, else after growing pauses.
 * @param read what is wanted of a good response; a connection that breaks meanwhile counts as none
 * @throws PixmillError
 */
export async function call<T>(
  server: Server,
  path: string,
  read: (response: Response) => T | Promise<T>,
  { repeat = 'always', ...init }: Call = {},
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await callOnce(server, path, read, init);
    } catch (error) {
      if (!(error instanceof PixmillError) || !error.retryable) throw error;
      const safe = repeat === 'always' || (repeat === 'refused' && error.status !== null);
      // Half of it at random, so that clients that were sent away together do not come back together.
      const backoff = FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random() / 2);
      const ms = error.retryAfter === null ? backoff : error.retryAfter * 1000;
      if (!safe || attempt >= server.repeats || ms > LONGEST_PAUSE_MS) throw error;
      await pause(ms, init.signal);
    }
  }
}

async function callOnce<T>(
  { url, key, fetch }: Server,
  path: string,
  read: (response: Response) => T | Promise<T>,
  { headers, signal, ...init }: Omit<Call, 'repeat'>,
): Promise<T> {
  const authorization = key === undefined ? undefined : { authorization: `Bearer ${key}` };
  const request: RequestInit = {
    ...init,
    headers: { ...headers, ...authorization },
    // The API has no redirects. Following one would make a GET of an upload, and to be able to follow one `fetch` keeps a
    // copy of what it sends: a whole CSV in memory.
    redirect: 'error',
    ...(signal ? { signal } : {}),
  };
  try {
    const response = await fetch(url + path, request);
    if (response.ok) return await read(response);
    throw await refusal(response);
  } catch (cause) {
    if (cause instanceof PixmillError || signal?.aborted) throw cause;
    // What `Response.json` throws for a page of a proxy, or of some other server.
    if (cause instanceof SyntaxError) {
      const message = `What answers at ${url} is not Pixmill, or an older one. Check the address.`;
      throw new PixmillError('unexpected_answer', message, { cause });
    }
    const message = `The server at ${url} cannot be reached, or leads to another address.`;
    throw new PixmillError('unreachable', message, { retryable: true, cause });
  }
}

export const asJson = <T>(response: Response): Promise<T> => response.json() as Promise<T>;
