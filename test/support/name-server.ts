import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { atTheEnd } from './at-the-end.ts';

/** Addresses of a name, `missing` where there is no such name, `silence` where nobody answers. */
type Found = string[] | 'missing' | 'silence';
type Zone = (name: string, family: 4 | 6) => Found | Promise<Found>;

export interface NameServer {
  /** IP:port. */
  address: string;
  /** Questions for each name, of both families. */
  asked: Map<string, number>;
  /** What makes the real program ask this one. */
  program: { nodeOptions: string[]; env: Record<string, string> };
  close(): void;
}

/** A name server on this machine (RFC 1035). Closed when the surrounding test ends. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const server = await openNameServer(zone);
  atTheEnd(server.close);
  return server;
}

/** The same for those who close it themselves. */
export async function openNameServer(zone: Zone): Promise<NameServer> {
  const asked = new Map<string, number>();
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1_000_000 });
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  socket.on('message', async (query, { port, address }) => {
    const { name, end, family } = question(query);
    asked.set(name, (asked.get(name) ?? 0) + 1);
    const found = await zone(name, family);
    if (found !== 'silence' && !closed) socket.send(answer(query.subarray(0, end), family, found), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${socket.address().port}`;
  const nodeOptions = ['--import', join(import.meta.dirname, 'own-name-server.ts')];
  return { address, asked, program: { nodeOptions, env: { NAME_SERVER: address } }, close: () => socket.close() };
}

/** Record types of addresses: A and AAAA. */
const TYPES = { 4: 1, 6: 28 };

/** The one question of a query, and where it ends. */
function question(query: Buffer): { name: string; end: number; family: 4 | 6 } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const family = query.readUInt16BE(at + 1) === TYPES[6] ? 6 : 4;
  return { name: labels.join('.').toLowerCase(), end: at + 5, family };
}

function answer(query: Buffer, family: 4 | 6, found: string[] | 'missing'): Buffer {
  const fitting = found === 'missing' ? [] : found.filter((address) => isIP(address) === family);
  const head = Buffer.from(query);
  // A response with recursion; NXDOMAIN where there is no such name.
  head.writeUInt16BE(found === 'missing' ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(fitting.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...fitting.map((address) => record(TYPES[family], bytesOf(address)))]);
}

/** An address of the name in the question, good for no time. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function bytesOf(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
