import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import pLimit from 'p-limit';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { ImageFailure } from '../domain/failure.ts';
import { type Allowed, isAllowed, isPublic, SPECIAL } from './public-address.ts';

interface Address {
  address: string;
  family: number;
}

/** Finds all addresses of a name. */
export type Lookup = (host: string) => Promise<Address[]>;

export interface AgentSettings {
  allowed: Allowed[];
  connectionsPerHost: number;
  connectMs: number;
  lookup?: Lookup | undefined;
}

/**
 * Lookups at once. Each keeps one of the four threads of the runtime's pool, which files need as well: names that hang
 * must not stop them.
 */
const LOOKUPS_AT_ONCE = 3;

/** Keep-alive of an idle connection, in milliseconds: as long as the next shard takes to come round. */
const IDLE_MS = 10_000;

/** Header bytes of an answer; more is an attack or a broken host. */
const HEADER_BYTES = 32_768;

/**
 * The one way out: every connection that it opens is checked, for names and for literals, after the lookup that it then
 * uses (so a second answer of the name server changes nothing), and by the socket's own block list once more.
 */
export function createGuardedAgent({ allowed, connectionsPerHost, connectMs, lookup }: AgentSettings): Dispatcher {
  const addressesOf = lookupsTogether(lookup ?? ((host) => dnsLookup(host, { all: true })));

  /** @throws ImageFailure `address_refused` where any address of the name is refused */
  async function checkedAddresses(host: string, port: number): Promise<{ addresses: Address[]; exempt: boolean }> {
    const family = isIP(host);
    const addresses = family === 0 ? await addressesOf(host) : [{ address: host, family }];
    const special = addresses.filter(({ address }) => !isPublic(address));
    if (addresses.length === 0 || !special.every(({ address }) => isAllowed(allowed, { host, address, port }))) {
      throw new ImageFailure('address_refused');
    }
    return { addresses, exempt: special.length > 0 };
  }

  return new Agent({
    connections: connectionsPerHost,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxHeaderSize: HEADER_BYTES,
    connect: (options, callback) => {
      const { hostname, protocol } = options;
      const port = Number(options.port || (protocol === 'https:' ? 443 : 80));
      checkedAddresses(hostname, port).then(
        ({ addresses, exempt }) => {
          const connect = buildConnector({
            allowH2: false,
            timeout: connectMs,
            autoSelectFamily: true,
            lookup: pinned(addresses),
            // The block list knows no exceptions, so what is allowed goes without it.
            ...(exempt ? {} : { blockList: SPECIAL }),
          } as buildConnector.BuildOptions);
          connect(options, callback);
        },
        (error) => callback(error, null),
      );
    },
  });
}

/** Answers the socket's own lookup with what was checked. */
function pinned(addresses: Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all || !first) callback(null, addresses as never);
    else callback(null, first.address, first.family);
  };
}

/** Connections to one name that are opened together share a lookup. */
function lookupsTogether(lookup: Lookup): Lookup {
  const limit = pLimit(LOOKUPS_AT_ONCE);
  const running = new Map<string, Promise<Address[]>>();
  return (host) => {
    let addresses = running.get(host);
    if (!addresses) {
      addresses = limit(() => lookup(host)).finally(() => running.delete(host));
      running.set(host, addresses);
    }
    return addresses;
  };
}
