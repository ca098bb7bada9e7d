import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { ImageFailure } from '../domain/failure.ts';
import { unlessAborted } from './deadline.ts';
import type { Address } from './dns-cache.ts';
import type { HostResolver, ResolveOptions } from './host-resolver.ts';
import { type Allowed, isAllowed, isPublic, SPECIAL } from './public-address.ts';

export interface AgentSettings {
  allowed: Allowed[];
  resolver: HostResolver;
  connectionsPerHost: number;
  connectMs: number;
}

export type HttpResponse = Dispatcher.ResponseData;

type HttpRequest = Pick<Dispatcher.RequestOptions, 'path' | 'method' | 'headers' | 'body'> & {
  origin: string;
  signal: AbortSignal;
};

/** The only way to addresses that users gave. */
export interface GuardedAgent {
  /**
   * Looks the host of a link up and checks its addresses, ahead of a request.
   * @returns the addresses, as they are written in URLs
   * @throws ImageFailure `address_refused`, and what `HostResolver.resolve` throws
   */
  resolve(url: URL, options: ResolveOptions): Promise<string[]>;
  /** One HTTP request. @throws the signal's reason as soon as it fires, whatever goes on; errors of undici */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** Keep-alive of an idle connection, in milliseconds: as long as the next shard takes to come round. */
const IDLE_MS = 10_000;

/** Header bytes of a response; more is an attack or a broken host. */
const HEADER_BYTES = 32_768;

/** Requests to one origin that wait for their response, and connections to it that are being made. */
interface Origin {
  requests: number;
  connecting: Set<AbortController>;
}

/**
 * Checks every connection that it opens, for names and for literal addresses: after the lookup whose addresses it then
 * connects to, so that a second answer of the name server changes nothing, and once more by the socket's own block list.
 */
export function createGuardedAgent({ allowed, resolver, connectionsPerHost, connectMs }: AgentSettings): GuardedAgent {
  const origins = new Map<string, Origin>();

  /** @throws ImageFailure `address_refused` where any address of the name is refused */
  async function checkedAddresses(host: string, port: number, options: ResolveOptions) {
    const family = isIP(host);
    const addresses = family === 0 ? await resolver.resolve(host, options) : [{ address: host, family }];
    const special = addresses.filter(({ address }) => !isPublic(address));
    if (addresses.length === 0 || !special.every(({ address }) => isAllowed(allowed, { host, address, port }))) {
      // Only what is let through is cached: a name whose addresses change is asked for each time.
      resolver.forget(host);
      throw new ImageFailure('address_refused');
    }
    return { addresses, exempt: special.length > 0 };
  }

  const agent = new Agent({
    connections: connectionsPerHost,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxHeaderSize: HEADER_BYTES,
    connect: (options, callback) => {
      const { host, hostname, protocol } = options;
      const connecting = origins.get(`${protocol}//${host}`)?.connecting;
      // Ends the socket while it is not connected.
      const unwanted = new AbortController();
      if (connecting) connecting.add(unwanted);
      else unwanted.abort();
      const settle: buildConnector.Callback = (...outcome) => {
        connecting?.delete(unwanted);
        callback(...outcome);
      };
      checkedAddresses(hostname, portOf(options), { signal: unwanted.signal, brief: true }).then(
        ({ addresses, exempt }) => {
          const connect = buildConnector({
            allowH2: false,
            timeout: connectMs,
            autoSelectFamily: true,
            lookup: pinned(addresses),
            signal: unwanted.signal,
            // The block list knows no exceptions, so what the operator allows goes without it.
            ...(exempt ? {} : { blockList: SPECIAL }),
          } as buildConnector.BuildOptions);
          connect(options, (...outcome) => {
            // The host may have moved: the next connection looks it up anew.
            if (outcome[0]) resolver.forget(hostname);
            settle(...outcome);
          });
        },
        (error) => settle(error, null),
      );
    },
  });

  return {
    async resolve(url, options) {
      const { addresses } = await checkedAddresses(url.hostname.replace(/^\[|\]$/g, ''), portOf(url), options);
      return addresses.map(({ address }) => address);
    },

    // undici looks at a signal only once it is connected: until then the wait is ended here.
    async request(request) {
      request.signal.throwIfAborted();
      const origin = origins.get(request.origin) ?? { requests: 0, connecting: new Set() };
      origins.set(request.origin, origin);
      origin.requests++;
      try {
        return await unlessAborted(request.signal, agent.request(request));
      } finally {
        origin.requests--;
        if (origin.requests === 0) {
          origins.delete(request.origin);
          for (const unwanted of origin.connecting) unwanted.abort();
        }
      }
    },

    close: () => agent.destroy(),
  };
}

/** The port of a URL, the standard one of its scheme included. */
export function portOf({ protocol, port }: { protocol: string; port: string }): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** Gives the socket's own lookup the addresses that were checked. */
function pinned(addresses: Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all || !first) callback(null, addresses as never);
    else callback(null, first.address, first.family);
  };
}
