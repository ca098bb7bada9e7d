import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inHostsFile, searchNames, systemLookup } from '../../src/outbound/system-lookup.ts';
import { startNameServer } from '../support/name-server.ts';

/** What a name server sends after a while. */
const delayed = async (answer: string[], ms: number) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return answer;
};

const never = new AbortController().signal;

/** Looks names up at a name server of this machine. */
async function lookups(...zone: Parameters<typeof startNameServer>) {
  const server = await startNameServer(...zone);
  process.env.NAME_SERVER = server.address;
  await import('../support/own-name-server.ts');
  const lookup = systemLookup(1_000);
  return { ...server, addresses: async (host: string) => (await lookup(host, never)).map(({ address }) => address) };
}

describe('name servers', () => {
  test('give the addresses of both families, IPv4 first', async () => {
    const { addresses } = await lookups(() => ['2001:db8::5', '192.0.2.1', '192.0.2.2', '::1']);
    assert.deepEqual(await addresses('shop.example'), ['192.0.2.1', '192.0.2.2', '2001:db8::5', '::1']);
  });

  test('need not know an address of each family', async () => {
    const { addresses } = await lookups((name) => (name === 'six.example' ? ['2001:db8::6'] : ['192.0.2.4']));
    assert.deepEqual(await addresses('six.example'), ['2001:db8::6']);
    assert.deepEqual(await addresses('four.example'), ['192.0.2.4']);
  });

  test('that say nothing of IPv6 hold up nobody who has an IPv4 address', async () => {
    const { addresses } = await lookups((_name, family) => (family === 6 ? 'silence' : ['192.0.2.4']));
    const started = performance.now();
    assert.deepEqual(await addresses('shop.example'), ['192.0.2.4']);
    assert.ok(performance.now() - started < 1_500);
  });

  test('that say nothing of IPv4 are waited for, though there be no IPv6 address', async () => {
    const { addresses } = await lookups((_name, family) => (family === 4 ? 'silence' : []));
    await assert.rejects(addresses('shop.example'), { code: 'ETIMEOUT' });
  });

  test('know no such name, or no address for it', async () => {
    const { addresses } = await lookups((name) => (name === 'mail.example' ? [] : 'missing'));
    await assert.rejects(addresses('typo.example'), { code: 'ENOTFOUND' });
    await assert.rejects(addresses('mail.example'), { code: 'ENODATA' });
  });

  test('are asked again where a question is lost', async () => {
    let questions = 0;
    const { addresses } = await lookups(() => (questions++ < 2 ? 'silence' : ['192.0.2.1']));
    assert.deepEqual(await addresses('shop.example'), ['192.0.2.1']);
  });

  test('that take most of the time to answer are slow, not silent', async () => {
    // Each question is answered after 600 of 1,000 ms, so that the answer comes when it has been asked twice again.
    const { addresses } = await lookups(() => delayed(['192.0.2.1'], 600));
    assert.deepEqual(await addresses('slow.example'), ['192.0.2.1']);
  });

  test('that know no such name are believed at once', async () => {
    const { addresses, asked } = await lookups(() => 'missing');
    await assert.rejects(addresses('typo.example'), { code: 'ENOTFOUND' });
    assert.equal(asked.get('typo.example'), 2, 'one question for each family');
  });

  test('are not waited for any more when the lookup is ended', async () => {
    const asked = Promise.withResolvers<void>();
    await lookups(() => {
      asked.resolve();
      return 'silence';
    });
    const ending = new AbortController();
    const waiting = systemLookup(60_000)('dead.example', ending.signal);
    await asked.promise;
    ending.abort();
    await assert.rejects(waiting);
  });

  test('are not asked for what the hosts file says', async () => {
    const { addresses, asked } = await lookups(() => 'missing');
    assert.ok((await addresses('localhost')).includes('127.0.0.1'));
    assert.equal(asked.size, 0);
  });
});

describe('the hosts file', () => {
  const text = [
    '127.0.0.1\tlocalhost',
    '::1     localhost ip6-localhost # both',
    '# 192.0.2.9 off.example',
    '  192.0.2.1  Shop.Example shop   # the shop',
    '192.0.2.2 shop.example',
    'nonsense shop.example',
    '',
  ].join('\r\n');
  const listed = (host: string) => inHostsFile(text, host).map(({ address }) => address);

  test('names all addresses of a name, however it is written', () => {
    assert.deepEqual(listed('shop.example'), ['192.0.2.1', '192.0.2.2']);
    assert.deepEqual(listed('SHOP'), ['192.0.2.1']);
    assert.deepEqual(listed('localhost.'), ['127.0.0.1', '::1']);
  });

  test('says nothing of names that it does not hold', () => {
    for (const host of ['example', 'off.example', 'both', '192.0.2.1']) assert.deepEqual(listed(host), []);
  });
});

describe('the search list', () => {
  const kubernetes =
    'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';

  test('completes short names first, and others where they are not found', () => {
    const plain = '# search none\nsearch corp.example home.example\nnameserver 192.0.2.53\n';
    assert.deepEqual(searchNames(plain, 'images'), ['images.corp.example', 'images.home.example', 'images']);
    assert.deepEqual(searchNames(plain, 'a.b'), ['a.b', 'a.b.corp.example', 'a.b.home.example']);
    assert.deepEqual(searchNames(plain, 'a.b.'), ['a.b.']);
  });

  test('is the last one; ndots says what is short', () => {
    assert.deepEqual(searchNames('domain a.example\nsearch b.example\noptions rotate ndots:2', 'x.y'), [
      'x.y.b.example',
      'x.y',
    ]);
    assert.deepEqual(searchNames(kubernetes, 'minio.storage').at(1), 'minio.storage.svc.cluster.local');
    assert.deepEqual(searchNames(kubernetes, 'minio.storage').at(-1), 'minio.storage');
  });

  test('may be empty', () => {
    for (const text of ['', 'search .', 'nameserver 192.0.2.53'])
      assert.deepEqual(searchNames(text, 'images'), ['images']);
  });
});
