import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, isMissing } from './name-memory.ts';
import type { Lookup } from './names.ts';

/** Once a name has IPv4 addresses, what its IPv6 ones get more: some name servers never answer for these. */
const OTHER_FAMILY_MS = 100;

/** Most dots that `ndots` may ask for (resolv.conf(5)). */
const MOST_NDOTS = 15;

/**
 * Finds names as this machine finds them: in the hosts file, then by the name servers of resolv.conf with its search
 * list. Not by getaddrinfo: that keeps a thread that files need as well, cannot be ended, and holds up the end of the
 * process.
 * @param lookupMs what a lookup gets in all; three questions are sent within it
 */
export function systemLookup(lookupMs: number): Lookup {
  return async (host, signal) => {
    const [hosts, resolvConf] = await Promise.all([textOf('/etc/hosts'), textOf('/etc/resolv.conf')]);
    const listed = inHostsFile(hosts, host);
    if (listed.length > 0) return listed;
    signal.throwIfAborted();
    // One for each lookup: it can be ended alone, and reads which name servers there are now.
    const resolver = new Resolver({ timeout: Math.ceil(lookupMs / 4), tries: 3 });
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await firstFound(resolver, spellings(resolvConf, host));
    } finally {
      signal.removeEventListener('abort', cancel);
      cancel();
    }
  };
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
export function spellings(resolvConf: string, host: string): string[] {
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

async function firstFound(resolver: Resolver, names: string[]): Promise<Address[]> {
  let missing: unknown;
  for (const name of names) {
    try {
      return await addressesOf(resolver, name);
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
