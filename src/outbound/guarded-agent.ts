import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { ImageFailure } from '../domain/failure.ts';
import { unlessAborted } from './deadline.ts';
import type { Address } from './name-memory.ts';
import type { Asker, Names } from './names.ts';
import { type Allowed, isAllowed, isPublic, SPECIAL } from './public-address.ts';

export interface AgentSettings {
  allowed: Allowed[];
  names: Names;
  connectionsPerHost: number;
  connectMs: number;
}

export type Answer = Dispatcher.ResponseData;

type Call = Pick<Dispatcher.RequestOptions, 'path' | 'method' | 'headers' | 'body'> & {
  origin: string;
  signal: AbortSignal;
};

/** The one way out. */
export interface GuardedAgent {
  /**
   * Looks the host of an address up and checks it, ahead of a call.
   * @throws ImageFailure `address_refused`, and what `Names.find` throws
   */
  find(url: URL, asker: Asker): Promise<void>;
  /** One HTTP call. @throws the signal's reason as soon as it fires, whatever the call is doing; errors of undici */
  request(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** Keep-alive of an idle connection, in milliseconds: as long as the next shard takes to come round. */
const IDLE_MS = 10_000;

/** Header bytes of an answer; more is an attack or a broken host. */
const HEADER_BYTES = 32_768;

/** Calls to one origin that wait for their answer, and connections to it that are in the making. */
interface Origin {
  calls: number;
  connecting: Set<AbortController>;
}

/**
 * Every connection that it opens is checked, for names and for literals, after the lookup that it then uses (so a second
 * answer of the name server changes nothing), and by the socket's own block list once more.
 */
export function createGuardedAgent({ allowed, names, connectionsPerHost, connectMs }: AgentSettings): GuardedAgent {
  const origins = new Map<string, Origin>();

  /** @throws ImageFailure `address_refused` where any address of the name is refused */
  async function checkedAddresses(host: string, port: number, asker: Asker) {
    const family = isIP(host);
    const addresses = family === 0 ? await names.find(host, asker) : [{ address: host, family }];
    const special = addresses.filter(({ address }) => !isPublic(address));
    if (addresses.length === 0 || !special.every(({ address }) => isAllowed(allowed, { host, address, port }))) {
      // Only what was let through is remembered: a name that changes its mind is asked each time.
      names.forget(host);
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
      // Ends the socket as long as it is not connected.
      const unwanted = new AbortController();
      if (connecting) connecting.add(unwanted);
      else unwanted.abort();
      const settle: buildConnector.Callback = (...outcome) => {
        connecting?.delete(unwanted);
        callback(...outcome);
      };
      checkedAddresses(hostname, portOf(options), { signal: unwanted.signal, hurried: true }).then(
        ({ addresses, exempt }) => {
          const connect = buildConnector({
            allowH2: false,
            timeout: connectMs,
            autoSelectFamily: true,
            lookup: pinned(addresses),
            signal: unwanted.signal,
            // The block list knows no exceptions, so what is allowed goes without it.
            ...(exempt ? {} : { blockList: SPECIAL }),
          } as buildConnector.BuildOptions);
          connect(options, (...outcome) => {
            // The host may have moved: the next connection asks anew.
            if (outcome[0]) names.forget(hostname);
            settle(...outcome);
          });
        },
        (error) => settle(error, null),
      );
    },
  });

  return {
    async find({ hostname, protocol, port }, asker) {
      await checkedAddresses(hostname.replace(/^\[|\]$/g, ''), portOf({ protocol, port }), asker);
    },

    // undici looks at a signal once it is connected: until then the wait is ended here.
    async request(call) {
      call.signal.throwIfAborted();
      const origin = origins.get(call.origin) ?? { calls: 0, connecting: new Set() };
      origins.set(call.origin, origin);
      origin.calls++;
      try {
        return await unlessAborted(call.signal, agent.request(call));
      } finally {
        origin.calls--;
        if (origin.calls === 0) {
          origins.delete(call.origin);
          for (const unwanted of origin.connecting) unwanted.abort();
        }
      }
    },

    close: () => agent.destroy(),
  };
}

function portOf({ protocol, port }: { protocol: string; port: string }): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** Answers the socket's own lookup with what was checked. */
function pinned(addresses: Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all || !first) callback(null, addresses as never);
    else callback(null, first.address, first.family);
  };
}
