import { parseCookie } from 'undici';
import type { HttpResponse } from './guarded-agent.ts';

/**
 * Cookies of one chain of redirects. Some hosts redirect a picture to itself, or over a page that checks the client, until
 * a cookie comes back. They go to the host that set them and to nobody else, whatever their `Domain` says, and are
 * forgotten with the chain.
 */
export interface CookieJar {
  keep(url: URL, response: HttpResponse): void;
  /** Value of the `Cookie` header, '' where there are none. */
  header(url: URL): string;
}

/** Of one host, as in browsers; what is longer than the header may be is left out, the oldest first. */
const MOST_COOKIES = 100;
const HEADER_CHARACTERS = 24_000;

interface Kept {
  pair: string;
  secure: boolean;
}

export function createCookieJar(now: () => number): CookieJar {
  const hosts = new Map<string, Map<string, Kept>>();
  return {
    keep(url, { headers }) {
      const cookies = hosts.get(url.hostname) ?? new Map<string, Kept>();
      hosts.set(url.hostname, cookies);
      for (const line of [headers['set-cookie'] ?? []].flat()) {
        const cookie = parseCookie(line);
        if (!cookie) continue;
        const { name, value, maxAge, expires, secure = false } = cookie;
        cookies.delete(name);
        const isOver = maxAge === undefined ? expires !== undefined && Number(expires) <= now() : maxAge <= 0;
        if (!isOver && cookies.size < MOST_COOKIES) cookies.set(name, { pair: `${name}=${value}`, secure });
      }
    },

    header(url) {
      const kept = [...(hosts.get(url.hostname)?.values() ?? [])];
      const pairs = kept.filter(({ secure }) => !secure || url.protocol === 'https:').map(({ pair }) => pair);
      while (pairs.join('; ').length > HEADER_CHARACTERS) pairs.shift();
      return pairs.join('; ');
    },
  };
}
