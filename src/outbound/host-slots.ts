import ipaddr from 'ipaddr.js';

/** Bounds how many downloads run at once: in all, from each host, and from each address that hosts share. */
export interface HostSlots {
  /**
   * Waits for a slot. A download whose host is full holds nobody else up; of the others, those of the customer with the
   * fewest downloads go first, then those of the lowest `priority`. Where there are several customers, none ever holds
   * all slots.
   * @returns what gives the slot back
   * @throws the signal's reason
   */
  acquire(download: Download, signal: AbortSignal): Promise<() => void>;
  /** How many downloads hold a slot: of hosts that have no further one for others, and of the rest. */
  running(): { full: number; open: number };
  /** How many downloads wait because their host is full, and how many because all slots are taken. */
  waiting(): { host: number; slot: number };
}

interface Download {
  /** Host name and port. */
  host: string;
  port: number;
  /** What the name stands for: many names may be one machine. */
  addresses: string[];
  customer: string;
  priority: number;
  /** Most downloads at once from this host; undefined: as for every host. */
  limit: number | undefined;
}

/** A download that holds a slot, or waits for one. */
interface Place {
  /** The host, and each of its addresses: none may have more than the limit. */
  parties: string[];
  limit: number;
  customer: string;
  priority: number;
}

interface Waiter extends Place {
  start(): void;
}

/** A customer that has asked for nothing in this time has nothing to download. */
const PRESENT_MS = 600_000;

export function createHostSlots(total: number, perHost: number, now = () => performance.now()): HostSlots {
  const running = new Set<Place>();
  const byParty = new Map<string, number>();
  const byCustomer = new Map<string, number>();
  /** Who asked for a slot last, and when any other customer did. */
  let latest: { customer: string; at: number } | undefined;
  let otherSeenAt: number | undefined;
  /** By priority, then in order of arrival. */
  const waiting: Waiter[] = [];

  const isFull = ({ parties, limit }: Place) => parties.some((party) => (byParty.get(party) ?? 0) >= limit);
  const share = ({ customer }: Place) => byCustomer.get(customer) ?? 0;
  const hasRoom = (place: Place) => running.size < total && !isFull(place) && share(place) < mostOfCustomer();

  /** All slots but one where there are others: they find one free, whatever the first customer's hosts are like. */
  function mostOfCustomer(): number {
    const isAlone = otherSeenAt === undefined || now() - otherSeenAt > PRESENT_MS;
    return isAlone ? total : Math.max(total - 1, 1);
  }

  function note(customer: string): void {
    if (latest && latest.customer !== customer) otherSeenAt = latest.at;
    latest = { customer, at: now() };
  }

  function start(place: Place): () => void {
    running.add(place);
    for (const party of place.parties) add(byParty, party, 1);
    add(byCustomer, place.customer, 1);
    return () => {
      if (!running.delete(place)) return;
      for (const party of place.parties) add(byParty, party, -1);
      add(byCustomer, place.customer, -1);
      startNext();
    };
  }

  function startNext(): void {
    const ready = waiting.filter(hasRoom);
    const next = ready.reduce<Waiter | undefined>((a, b) => (a && share(a) <= share(b) ? a : b), undefined);
    if (!next) return;
    waiting.splice(waiting.indexOf(next), 1);
    next.start();
    // What ended may have stood in the way of several: it counted for its host and for each address.
    startNext();
  }

  return {
    running() {
      const full = [...running].filter(isFull).length;
      return { full, open: running.size - full };
    },

    waiting() {
      const host = waiting.filter(isFull).length;
      return { host, slot: waiting.length - host };
    },

    async acquire({ host, port, addresses, customer, priority, limit = perHost }, signal) {
      signal.throwIfAborted();
      note(customer);
      const parties = [...new Set([host, ...addresses.map((address) => `${machineOf(address)} ${port}`)])];
      const place: Place = { parties, limit, customer, priority };
      if (hasRoom(place)) return start(place);
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(signal.reason);
        };
        const waiter: Waiter = {
          ...place,
          start: () => {
            signal.removeEventListener('abort', giveUp);
            resolve(start(place));
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        const after = waiting.findIndex((other) => other.priority > priority);
        waiting.splice(after === -1 ? waiting.length : after, 0, waiter);
      });
    },
  };
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

/** An IPv4 address, or the network of an IPv6 one: a machine has all 2^64 addresses of its /64. */
function machineOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  return ipaddr.IPv6.parse(address).parts.slice(0, 4).join(':');
}
