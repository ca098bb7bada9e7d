import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ImageFailure } from '../../src/domain/failure.ts';
import { imageUrl } from '../../src/domain/image.ts';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import type { Lookup } from '../../src/outbound/host-resolver.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Counts whoever gets through to this machine. */
let canary: Server;
let hits = 0;
let port = 0;
const folder = temporaryFolder();
let files = 0;

before(async () => {
  canary = createServer((_request, response) => response.end('caught'));
  canary.on('connection', () => hits++);
  await new Promise<void>((resolve) => canary.listen(0, '::', resolve));
  port = (canary.address() as AddressInfo).port;
});
after(() => canary.close());

function outbound(lookup?: Lookup, allowAddresses: string[] = []) {
  const limits = { ...DEFAULT_LIMITS, firstByteMs: 3_000, downloadMs: 3_000 };
  const made = createOutbound({
    allowAddresses,
    userAgent: 'test',
    downloads: 500,
    downloadsPerHost: 500,
    limits,
    ...(lookup ? { lookup } : {}),
  });
  return {
    ...made,
    async codeOf(link: string): Promise<string> {
      const url = imageUrl(link);
      if (!url) return 'invalid_url';
      const options = {
        priority: 0,
        customer: '',
        signal: new AbortController().signal,
        whenRoom: async () => undefined,
      };
      try {
        await made.fetchImage(url, join(folder, String(files++)), options);
        return 'fetched';
      } catch (error) {
        assert.ok(error instanceof ImageFailure, String(error));
        return error.code;
      }
    },
  };
}

/** Ways to write an IPv4 address that some parser or other understands. */
function spellings(address: string): string[] {
  const parts = address.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (n: number, width = 2) => n.toString(16).padStart(width, '0');
  const wide = [...address].map((character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0)).join('');
  const circled = address.replace(/[1-9]/g, (digit) => String.fromCodePoint(0x2460 + Number(digit) - 1));
  const pair = `${hex(a)}${hex(b)}:${hex(c)}${hex(d)}`;
  return [
    address,
    `${address}.`,
    String(whole),
    `0x${hex(whole, 8)}`,
    `0${whole.toString(8)}`,
    parts.map((part) => `0x${hex(part)}`).join('.'),
    parts.map((part) => `0${part.toString(8)}`).join('.'),
    parts.map((part) => `000000${part.toString(8)}`).join('.'),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `0x${hex(a)}.${b}.0${c.toString(8)}.${d}`,
    wide,
    circled,
    address.replaceAll('.', '。'),
    address.replace(/\./g, '%2e'),
    `[::ffff:${address}]`,
    `[::ffff:${pair}]`,
    `[0:0:0:0:0:ffff:${address}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b:1::${address}]`,
    `[2002:${pair}::1]`,
    `[2001:0:${pair}::1]`,
    `[fe80::5efe:${address}]`,
    `[2a00:1450:4001:800::5efe:${address}]`,
    `[2a00:1450:4001:800:200:5efe:${pair}]`,
    `user:secret@${address}`,
  ];
}

const REFUSED_V4 = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.170',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
];
const REFUSED_V6 = [
  '::',
  '::1',
  '0:0:0:0:0:0:0:1',
  'fe80::1',
  'fec0::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '100::1',
  '2001:db8::1',
  '2001:10::1',
  '2001:20::1',
  '2001:2::1',
  '3fff::1',
  '5f00::1',
  '4000::1',
  '8000::1',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
];

describe('addresses that are not public', () => {
  const links = [
    ...REFUSED_V4.flatMap(spellings).map((host) => `http://${host}:PORT/a.jpg`),
    ...REFUSED_V6.map((host) => `http://[${host}]:PORT/a.jpg`),
    ...['localhost', 'LOCALHOST', 'localhost.', 'ip6-localhost'].map((host) => `http://${host}:PORT/a.jpg`),
    'http://[fe80::1%25eth0]:PORT/a.jpg',
    'http://[::1%25lo]:PORT/a.jpg',
    'http://user@example.com/a.jpg',
    'http://:secret@example.com/a.jpg',
    'http://127.1:PORT/a.jpg',
    'http://0:PORT/a.jpg',
    'http://0x7f.1:PORT/a.jpg',
    'https://127.0.0.1:PORT/a.jpg',
    'file:///etc/passwd',
    'gopher://127.0.0.1:PORT/',
    'data:image/png;base64,AAAA',
    'ftp://127.0.0.1/a.jpg',
    'http:127.0.0.1:PORT/a.jpg',
    'http:///127.0.0.1:PORT/a.jpg',
    'http://\\127.0.0.1:PORT/a.jpg',
    'http://127.0.0.1:PORT\\@example.com/a.jpg',
    '//127.0.0.1:PORT/a.jpg',
    'www.localhost:PORT/a.jpg',
  ];

  test(`${links.length} spellings reach nothing`, async () => {
    assert.ok(links.length >= 150);
    const { codeOf, close } = outbound();
    const codes = await Promise.all(links.map((link) => codeOf(link.replace('PORT', String(port)))));
    const through = links.filter(
      (_link, index) => !['address_refused', 'invalid_url', 'dns_failed'].includes(codes[index] ?? ''),
    );
    assert.deepEqual(through, []);
    assert.equal(codes.filter((code) => code === 'address_refused').length > 100, true);
    await close();
    assert.equal(hits, 0);
  });

  test('webhook addresses are held to the same rules at upload', () => {
    const { webhookProblem } = outbound();
    for (const host of REFUSED_V4.flatMap(spellings)) {
      if (!URL.canParse(`http://${host}/hook`)) continue;
      assert.ok(webhookProblem(`http://${host}/hook`), host);
    }
    for (const url of [
      'ftp://example.com',
      'hook',
      '',
      'https://user:pw@example.com/',
      'https://example.com/\n',
      '//example.com/hook',
    ]) {
      assert.ok(webhookProblem(url), url);
    }
    assert.equal(webhookProblem('https://example.com/hook?a=b'), undefined);
    assert.equal(webhookProblem('https://8.8.8.8:8443/hook'), undefined);
  });
});

describe('names that change their mind', () => {
  const answer = (...addresses: string[]) =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  test('50 rebinding names, public first and then this machine, reach nothing', async () => {
    hits = 0;
    let lookups = 0;
    const seen = new Map<string, number>();
    const { codeOf, close } = outbound(async (host) => {
      lookups++;
      const times = (seen.get(host) ?? 0) + 1;
      seen.set(host, times);
      return times === 1 ? answer('127.0.0.1', '8.8.8.8') : answer('127.0.0.1');
    });
    const links = Array.from({ length: 50 }, (_, index) => `http://r${index}.example:${port}/a.jpg`);
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(new Set(await Promise.all(links.map(codeOf))), new Set(['address_refused']));
    }
    await close();
    assert.deepEqual([lookups, hits], [100, 0]);
  });

  test('what was checked is what is connected to: the second answer of a name server is never asked for', async () => {
    hits = 0;
    let lookups = 0;
    const { codeOf, close } = outbound(async () => {
      lookups++;
      return answer(lookups === 1 ? '127.0.0.1' : '127.0.0.2');
    }, [`127.0.0.1:${port}`]);
    assert.equal(await codeOf(`http://pinned.example:${port}/a.jpg`), 'fetched');
    await close();
    assert.deepEqual([lookups, hits], [1, 1]);
  });

  test('a name that is remembered is checked for every connection', async () => {
    let lookups = 0;
    const { codeOf, close } = outbound(async () => {
      lookups++;
      return answer('127.0.0.1');
    }, [`known.example:${port}`]);
    assert.equal(await codeOf(`http://known.example:${port}/a.jpg`), 'fetched');
    assert.equal(await codeOf(`http://known.example:${port}/b.jpg`), 'fetched');
    hits = 0;
    assert.equal(await codeOf(`http://known.example:${port + 1}/a.jpg`), 'address_refused');
    assert.equal(await codeOf('https://known.example/a.jpg'), 'address_refused');
    await close();
    assert.deepEqual([lookups, hits], [2, 0], 'what was refused is not remembered');
  });

  test('200 flip-flop lookups with this machine among public addresses reach nothing', async () => {
    hits = 0;
    const { codeOf, close } = outbound(async (host) => {
      const mixed = ['8.8.8.8', '::1', '1.1.1.1', '127.0.0.1', '2606:4700:4700::1111', '169.254.169.254'];
      const turn = Number(host.slice(1, host.indexOf('.')));
      return answer(...mixed.slice(turn % 3, (turn % 3) + 2 + (turn % 2)));
    });
    const links = Array.from({ length: 200 }, (_, index) => `http://f${index}.example:${port}/a.jpg`);
    assert.deepEqual(new Set(await Promise.all(links.map(codeOf))), new Set(['address_refused']));
    await close();
    assert.equal(hits, 0);
  });
});

describe('the allow list', () => {
  const cases: [string, string, string][] = [
    ['IP:port', '127.0.0.1:PORT', 'fetched'],
    ['IP', '127.0.0.1', 'fetched'],
    ['CIDR', '127.0.0.0/8', 'fetched'],
    ['another port', '127.0.0.1:1', 'address_refused'],
    ['another address', '127.0.0.2', 'address_refused'],
    ['a name that is not in the link', 'localhost:PORT', 'address_refused'],
  ];
  for (const [name, entry, expected] of cases) {
    test(`${name}: ${expected}`, async () => {
      const { codeOf, close } = outbound(undefined, [entry.replace('PORT', String(port))]);
      assert.equal(await codeOf(`http://127.0.0.1:${port}/a.jpg`), expected);
      await close();
    });
  }

  test('host:port lets that name through, IP:port also by name', async () => {
    const lookup: Lookup = async () => [{ address: '127.0.0.1', family: 4 }];
    for (const entry of [`origin.example:${port}`, `127.0.0.1:${port}`]) {
      const { codeOf, close } = outbound(lookup, [entry]);
      assert.equal(await codeOf(`http://origin.example:${port}/a.jpg`), 'fetched');
      await close();
    }
    const { codeOf, close } = outbound(lookup, [`other.example:${port}`]);
    assert.equal(await codeOf(`http://origin.example:${port}/a.jpg`), 'address_refused');
    await close();
  });
});
