import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, isMissing } from './dns-cache.ts';
import type { Lookup } from './host-resolver.ts';

/** Once a name has IPv4 addresses, what its IPv6 ones get more: some name servers never answer for these. */
const OTHER_FAMILY_MS = 100;

/** Most dots that `ndots` may ask for (resolv.conf(5)). */
const MOST_NDOTS = 15;

/** How often a name server is asked for a name, and what share of the time lies between two questions. */
const QUESTIONS = 3;
const PAUSE = 1 / 4;

/** Asks name servers one question, for both families. */
type Ask = (name: string) => Promise<Address[]>;

/**
 * Finds names as this machine finds them: in the hosts file, then by the name servers of resolv.conf with its search
 * list. Not by getaddrinfo: that keeps a thread that files need as well, cannot be ended, and holds up the end of the
 * process.
 * @param lookupMs what a lookup gets in all. Each question is asked again after a quarter of it, and an answer to an
 *   earlier question counts until the end: a name server that needs longer than the pause is slow, not silent
 */
export function systemLookup(lookupMs: number): Lookup {
  return async (host, signal) => {
    const [hosts, resolvConf] = await Promise.all([textOf('/etc/hosts'), textOf('/etc/resolv.conf')]);
    const listed = inHostsFile(hosts, host);
    if (listed.length > 0) return listed;
    signal.throwIfAborted();
    const over = new AbortController();
    const ended = AbortSignal.any([signal, over.signal]);
    // c-ares, below Resolver, drops what comes after its own time-out: it gets the whole time for each question.
    const askers = Array.from({ length: QUESTIONS }, (_, turn) => oneQuestion(lookupMs, turn, ended));
    try {
      return await firstFound(searchNames(resolvConf, host), (name) => askAgain(name, askers, lookupMs * PAUSE, ended));
    } finally {
      over.abort();
    }
  };
}

/** @param turn which of several name servers is the first one asked */
function oneQuestion(lookupMs: number, turn: number, ended: AbortSignal): Ask {
  let resolver: Resolver | undefined;
  return (name) => {
    if (!resolver) {
      // One for each lookup: it can be ended alone, and reads which name servers there are now.
      const made = new Resolver({ timeout: lookupMs, tries: 1 });
      const servers = made.getServers();
      const first = turn % servers.length;
      if (first > 0) made.setServers([...servers.slice(first), ...servers.slice(0, first)]);
      ended.addEventListener('abort', () => made.cancel(), { once: true });
      resolver = made;
    }
    return addressesOf(resolver, name);
  };
}

/** The first answer to any of the questions; the next one is asked after a pause, or as soon as one has failed. */
async function askAgain(
  name: string,
  [ask, ...others]: Ask[],
  pauseMs: number,
  ended: AbortSignal,
): Promise<Address[]> {
  if (!ask) throw new Error('no question is left');
  const answer = ask(name);
  if (others.length === 0) return answer;
  const heard = await Promise.race([
    answer.then(
      () => 'answer',
      (error) => (isMissing(error) ? 'answer' : 'error'),
    ),
    sleep(pauseMs, 'nothing', { ref: false, signal: ended }),
  ]);
  if (heard === 'answer') return answer;
  const later = askAgain(name, others, pauseMs, ended);
  return Promise.race([unlessFailed(answer, later), unlessFailed(later, answer)]);
}

/** What one question comes to, or where nobody could tell, what the other one comes to. */
function unlessFailed(answer: Promise<Address[]>, other: Promise<Address[]>): Promise<Address[]> {
  return answer.catch((error) => {
    if (isMissing(error)) throw error;
    return other;
  });
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** Addresses of a name in a hosts file (hosts(5)). */
export function inHostsFile(text: string, host: string): Address[] {
  const wanted = host.toLowerCase().replace(/\.$/, '');
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    return family !== 0 && names.some((name) => name.toLowerCase() === wanted) ? [{ address, family }] : [];
  });
}

/** What to ask for, in this order: the name itself, and the name in each domain of the search list (resolv.conf(5)). */
export function searchNames(resolvConf: string, host: string): string[] {
  if (host.endsWith('.')) return [host];
  let domains: string[] = [];
  let ndots = 1;
  for (const line of resolvConf.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'search' || keyword === 'domain') domains = values;
    const option = keyword === 'options' && values.map((value) => /^ndots:(\d+)$/.exec(value)?.[1]).findLast(Boolean);
    if (option) ndots = Math.min(Number(option), MOST_NDOTS);
  }
  const longer = domains.filter((domain) => domain !== '.').map((domain) => `${host}.${domain}`);
  const dots = host.split('.').length - 1;
  return dots >= ndots ? [host, ...longer] : [...longer, host];
}

async function firstFound(names: string[], find: Ask): Promise<Address[]> {
  let missing: unknown;
  for (const name of names) {
    try {
      return await find(name);
    } catch (error) {
      if (!isMissing(error)) throw error;
      missing = error;
    }
  }
  throw missing;
}

async function addressesOf(resolver: Resolver, name: string): Promise<Address[]> {
  const ipv4 = resolver.resolve4(name);
  const ipv6 = resolver.resolve6(name);
  const late = ipv4.then(
    () => sleep(OTHER_FAMILY_MS, [], { ref: false }),
    () => ipv6,
  );
  const answers = await Promise.allSettled([ipv4, Promise.race([ipv6, late])]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return addresses.map((address) => ({ address, family: isIP(address) }));
  const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  // Half an answer says less than an error: the other half may hold the address.
  throw errors.find((error) => !isMissing(error)) ?? errors[0];
}
