import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * What IANA's special-purpose registries (RFC 6890 and later) and multicast take out of the public internet; also the
 * last layer, in the socket itself. `::ffff:0:0/96` must not be here: the socket would refuse every IPv4 address.
 */
const SPECIAL_NETWORKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

export const SPECIAL: BlockList = blockList(SPECIAL_NETWORKS);

function blockList(networks: string[]): BlockList {
  const list = new BlockList();
  for (const block of networks) {
    const [network = '', prefix] = block.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Whether an address, as a lookup gives it, is public unicast. IPv4 inside IPv6 never is, in whatever form. */
export function isPublic(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv4') return !SPECIAL.check(address, 'ipv4');
  const [first = 0, , , , fifth = 0, sixth = 0] = (parsed as ipaddr.IPv6).parts;
  const global = first >> 13 === 0b001;
  // ISATAP (RFC 5214): the interface identifier carries an IPv4 address in any network.
  const isatap = (fifth & ~0x0200) === 0 && sixth === 0x5efe;
  return global && !isatap && !SPECIAL.check(address, 'ipv6');
}

/** One entry of the allow list. */
export type Allowed =
  | { kind: 'host'; host: string; port: number }
  | { kind: 'network'; network: ipaddr.IPv4 | ipaddr.IPv6; prefix: number; port: number | null };

/**
 * Reads `host:port`, `IP`, `IP:port`, `[IPv6]:port` or a CIDR block.
 * @throws Error whose message completes the sentence "PIXMILL_ALLOW_ADDRESSES …"
 */
export function parseAllowed(entry: string): Allowed {
  if (entry.includes('/')) {
    if (!ipaddr.isValidCIDR(entry)) throw wrong(entry);
    const [network, prefix] = ipaddr.parseCIDR(entry);
    return { kind: 'network', network, prefix, port: null };
  }
  if (isIP(entry) !== 0) return single(entry, null);
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? null : Number(digits);
  if (host === undefined || (port !== null && (port === 0 || port > 65_535))) throw wrong(entry);
  if (isIP(host) !== 0) return single(host, port);
  // A name without a port would open every service of that machine.
  if (bracketed !== undefined || port === null || !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)) throw wrong(entry);
  return { kind: 'host', host: host.toLowerCase(), port };
}

function single(address: string, port: number | null): Allowed {
  const network = ipaddr.parse(address);
  return { kind: 'network', network, prefix: network.kind() === 'ipv4' ? 32 : 128, port };
}

function wrong(entry: string): Error {
  return new Error(`must hold host:port, IP, IP:port, [IPv6]:port or CIDR blocks, not "${entry}"`);
}

/**
 * Whether the allow list names this connection exactly.
 * @param host as the link names it
 * @param address that would be connected to
 */
export function isAllowed(
  allowed: Allowed[],
  { host, address, port }: { host: string; address: string; port: number },
): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  return allowed.some((entry) => {
    if (entry.port !== null && entry.port !== port) return false;
    if (entry.kind === 'host') return entry.host === host.toLowerCase();
    return entry.network.kind() === parsed.kind() && parsed.match(entry.network, entry.prefix);
  });
}
