import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fetcher } from '../support/fetching.ts';

/** Counts whoever gets through to this machine. */
let canary: Server;
let hits = 0;
let port = 0;

before(async () => {
  canary = createServer((_request, response) => response.end('caught'));
  canary.on('connection', () => hits++);
  await new Promise<void>((resolve) => canary.listen(0, '::', resolve));
  port = (canary.address() as AddressInfo).port;
});
after(() => canary.close());

/** The codes with which downloads fail. */
function codes(allowAddresses: string[]) {
  const { failure } = fetcher({ allowAddresses, downloads: 500, downloadsPerHost: 500 });
  return async (link: string) => (await failure(link)).code;
}

describe('redirects', () => {
  let origin: Server;
  let originPort = 0;
  before(async () => {
    origin = createServer((request, response) => {
      const target = new URL(request.url ?? '/', 'http://x').searchParams.get('to') ?? '';
      const status = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('status') ?? 302);
      response.writeHead(status, { location: Buffer.from(target).toString('latin1') });
      response.end('moved');
    });
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    originPort = (origin.address() as AddressInfo).port;
  });
  after(() => origin.close());

  test('no redirect leads to this machine or the metadata service', async () => {
    hits = 0;
    const codeOf = codes([`127.0.0.1:${originPort}`]);
    const here = `http://127.0.0.1:${originPort}`;
    const targets = [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `//127.0.0.1:${port}/`,
      `http://[::1]:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://2130706433:${port}/`,
      `http://0x7f000001:${port}/`,
      `http://0177.0.0.1:${port}/`,
      `http://127.1:${port}/`,
      `http://１２７.0.0.1:${port}/`,
      `http://user:pw@127.0.0.1:${originPort}/`,
      'http://169.254.169.254/latest/meta-data/',
      'http://[fd00:ec2::254]/',
      `/\\127.0.0.1:${port}/`,
      'file:///etc/passwd',
      'ftp://127.0.0.1/',
      'javascript:alert(1)',
      'data:image/png;base64,AAAA',
      `${here}/?to=${encodeURIComponent(`http://127.0.0.1:${port}/`)}`,
      `${here}/?to=${encodeURIComponent(`${here}/?to=${encodeURIComponent(`http://localhost:${port}/`)}`)}`,
    ];
    for (const status of [301, 302, 303, 307, 308]) {
      const links = targets.map((to) => `${here}/?status=${status}&to=${encodeURIComponent(to)}`);
      const codes = await Promise.all(links.map(codeOf));
      assert.deepEqual(
        targets.filter((_target, index) => codes[index] !== 'address_refused'),
        [],
      );
    }
    assert.equal(await codeOf(`${here}/?to=${encodeURIComponent('http://')}`), 'bad_response');
    assert.equal(hits, 0);
  });

  test('a circle of redirects ends after five', async () => {
    const codeOf = codes([`127.0.0.1:${originPort}`]);
    assert.equal(
      await codeOf(`http://127.0.0.1:${originPort}/?to=${encodeURIComponent('?to=')}`),
      'too_many_redirects',
    );
  });
});
