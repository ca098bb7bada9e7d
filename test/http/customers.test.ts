import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pino from 'pino';
import { ownerOfKey } from '../../src/domain/customer.ts';
import { apiKeys } from '../../src/runtime/config/read-keys.ts';
import { knownKeys as keysOf } from '../../src/runtime/customers.ts';
import { httpServer, knownKeys } from '../support/http-server.ts';
import { publish } from '../support/rows.ts';
import { sqliteStore } from '../support/sqlite-store.ts';

const PLAIN = 'plain-0123456789abcdef';
const ACME = 'acme-old-0123456789abcdef';
const ACME_NEW = 'acme-new-0123456789abcdef';
const OTHER = 'other-0123456789abcdef';
const OPERATOR = 'operator-0123456789abcdef';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const CSV = 'S. No.,Product Name,Input Image Urls\n1,Mug,https://a.example/1.jpg\n';

async function serverOf(...operatorKeys: string[]) {
  const api = await httpServer({
    apiKeys: knownKeys(PLAIN, `acme:${ACME}`, `acme:${ACME_NEW}`, `other:${OTHER}`),
    operatorKeys,
    now: () => 1_000,
  });
  const get = (url: string, key: string) => api.server.inject({ url, headers: bearer(key) });
  const upload = async (key: string) => {
    const form = new FormData();
    form.set('file', new File([CSV], 'products.csv'));
    const response = await api.call('/api/upload', { method: 'POST', body: form, headers: bearer(key) });
    return ((await response.json()) as { request_id: string }).request_id;
  };
  return { ...api, get, upload };
}

describe('keys of customers', () => {
  test('several keys of one see the same, and others nothing of it', async () => {
    const { get, upload } = await serverOf();
    const id = await upload(ACME);
    assert.equal((await get(`/api/status/${id}`, ACME_NEW)).statusCode, 200);
    assert.deepEqual((await get('/api/requests', ACME_NEW)).json().requests.length, 1);
    for (const key of [PLAIN, OTHER]) {
      assert.equal((await get(`/api/status/${id}`, key)).statusCode, 404);
      assert.deepEqual((await get('/api/requests', key)).json().requests, []);
    }
  });

  test('without operator keys plain keys read the metrics, named customers never', async () => {
    const { get } = await serverOf();
    assert.equal((await get('/metrics', PLAIN)).statusCode, 200);
    const refused = await get('/metrics', ACME);
    assert.deepEqual([refused.statusCode, refused.json().code], [403, 'forbidden']);
  });

  test('with operator keys only these read the metrics, and they open no request', async () => {
    const { get, upload, server } = await serverOf(OPERATOR);
    const id = await upload(PLAIN);
    for (const key of [PLAIN, ACME]) assert.equal((await get('/metrics', key)).statusCode, 403);
    assert.equal((await get('/metrics', OPERATOR)).statusCode, 200);
    for (const path of [
      '/api/requests',
      `/api/status/${id}`,
      `/api/download/${id}`,
      `/api/requests/${id}/images.zip`,
    ]) {
      assert.equal((await get(path, OPERATOR)).statusCode, 403, path);
    }
    const upper = await server.inject({ method: 'DELETE', url: `/api/requests/${id}`, headers: bearer(OPERATOR) });
    assert.equal(upper.statusCode, 403);
    assert.equal((await get(`/api/status/${id}`, PLAIN)).statusCode, 200);
  });

  test('the metrics of a server without keys are for the operator where there is one', async () => {
    const { server } = await httpServer({ operatorKeys: [OPERATOR] });
    assert.equal((await server.inject('/metrics')).statusCode, 403);
    assert.equal((await server.inject({ url: '/metrics', headers: bearer(OPERATOR) })).statusCode, 200);
    assert.equal((await server.inject('/api/requests')).statusCode, 200);
    assert.equal((await (await httpServer()).server.inject('/metrics')).statusCode, 200);
  });
});

describe('usage', () => {
  test('a customer sees its own days, the operator those of all', async () => {
    const { get, upload } = await serverOf(OPERATOR);
    await upload(ACME);
    await upload(ACME_NEW);
    await upload(PLAIN);
    const used = { day: '1970-01-01', images_reused: 0, bytes_transferred: 0, bytes_out: 0 };
    const acme = { name: 'acme', days: [{ ...used, requests: 2, images: 2 }] };
    const plain = { name: `key:${ownerOfKey(PLAIN).slice(0, 8)}`, days: [{ ...used, requests: 1, images: 1 }] };
    assert.deepEqual((await get('/api/usage', ACME)).json(), { customers: [acme] });
    assert.deepEqual((await get('/api/usage', OTHER)).json(), { customers: [{ name: 'other', days: [] }] });
    const { customers } = (await get('/api/usage', OPERATOR)).json() as { customers: (typeof acme)[] };
    assert.deepEqual(
      new Map(customers.map((one) => [one.name, one])),
      new Map([acme, plain].map((one) => [one.name, one])),
    );
    const later = await get('/api/usage?from=1970-01-02&to=1970-02-01', ACME);
    assert.deepEqual(later.json(), { customers: [{ name: 'acme', days: [] }] });
    assert.deepEqual((await get('/api/usage?from=1970-01-01&to=1970-01-01', ACME)).json(), { customers: [acme] });
  });

  test('is refused for what is no day, and for days that go backwards', async () => {
    const { get } = await serverOf();
    for (const query of ['from=monday', 'from=2026-02-30', 'to=2026-13-01', 'from=2026-03-02&to=2026-03-01']) {
      const response = await get(`/api/usage?${query}`, ACME);
      assert.deepEqual([response.statusCode, response.json().code], [400, 'invalid_parameter'], query);
    }
  });
});

describe('a plain key that gets a customer', () => {
  const quiet = pino({ level: 'silent' });

  test('brings along what was uploaded with it, for good', async () => {
    const { store } = await sqliteStore();
    const { id } = await publish(store, [['https://a/1']], { request: { owner: ownerOfKey(PLAIN) } });
    const ownerIn = async (value: string) => (await keysOf(store, apiKeys(value), quiet))[0]?.owner;
    const acme = await ownerIn(`acme:${PLAIN}`);
    assert.equal((await store.progress(id, acme))?.id, id);
    const other = await ownerIn(`other:${PLAIN}`);
    assert.notEqual(other, acme);
    assert.equal(await store.progress(id, other), undefined);
    assert.equal((await store.progress(id, acme))?.id, id);
    assert.equal(await ownerIn(PLAIN), acme, 'plain again, it is still a key of the customer');
  });

  test('is refused at the start where all of the entry was a key before, and has requests', async () => {
    const { store } = await sqliteStore();
    const before = `acme:${PLAIN}`;
    const { id } = await publish(store, [['https://a/1']], { request: { owner: ownerOfKey(before) } });
    await assert.rejects(keysOf(store, apiKeys(before), quiet), (error: Error) => {
      assert.match(error.message, /^Entry 1 of PIXMILL_API_KEYS can be read both ways/);
      return !error.message.includes(PLAIN);
    });
    const [plain] = await keysOf(store, apiKeys(`:${before}`), quiet);
    assert.equal((await store.progress(id, plain?.owner))?.id, id);
    const [named] = await keysOf(store, apiKeys(`acme:${before}`), quiet);
    assert.equal((await store.progress(id, named?.owner))?.id, id);
    assert.equal((await keysOf(store, apiKeys(before), quiet)).length, 1, 'nothing is left to be read both ways');
  });
});
