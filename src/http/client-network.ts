import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * What clients are told apart by where they have no key: an IPv4 address, or the /64 of an IPv6 address, which is the least
 * that one customer of a network gets (RFC 6177), with as many addresses as it likes.
 */
export function clientNetwork(ip: string): string {
  if (isIP(ip) === 0) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  const { parts } = address as ipaddr.IPv6;
  return `${parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
