import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { ownerOfCustomer, ownerOfKey } from '../../src/domain/customer.ts';
import { customerSecret } from '../../src/domain/webhook-secret.ts';
import { deliverWebhook } from '../../src/pipeline/deliver-webhook.ts';
import { readConfig } from '../../src/runtime/config/config.ts';
import { webhookSecretsOf } from '../../src/runtime/secrets.ts';
import { done, publish } from '../support/rows.ts';
import { sqliteStore } from '../support/sqlite-store.ts';
import { UNOBSERVED } from '../support/unobserved.ts';

const SHARED = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const ACME = ownerOfCustomer('acme');

/** The message about a request of this owner, as it is sent, and whether it is taken by who has this secret. */
async function messageFor(owner: string, env: Record<string, string> = {}) {
  const { config, problems } = readConfig({ PIXMILL_WEBHOOK_SECRET: SHARED, ...env }, '');
  if (!config) assert.fail(problems.join());
  const { store } = await sqliteStore();
  const { number } = await publish(store, [['https://a/1']], { request: { owner, webhookUrl: 'https://hook/' } });
  await store.recordOutcomes([{ request: number, number: 0, attempts: 1, lease: 9, settlement: done('k') }]);
  const sent: { headers: Record<string, string>; body: string }[] = [];
  await deliverWebhook(
    { kind: 'webhook', request: number, delivery: 1 },
    {
      store,
      receivers: { acquire: async () => () => undefined },
      secrets: await webhookSecretsOf(config, store),
      publicUrl: 'http://pixmill.example',
      now: Date.now,
      random: () => 0,
      observer: UNOBSERVED,
      async sendWebhook(_, message) {
        sent.push(message);
        return { statusCode: 200, retryAfterMs: null };
      },
    },
    new AbortController().signal,
  );
  const { headers, body } = sent[0] ?? assert.fail('nothing was sent');
  return (secret: string) => {
    try {
      new Webhook(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  };
}

test('a customer with a name has a secret of its own, which tells nothing of others', async () => {
  const own = customerSecret(SHARED, 'acme');
  assert.match(own, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.equal(own, customerSecret(SHARED, 'acme'));
  assert.notEqual(own, customerSecret(SHARED, 'other'));
  const takes = await messageFor(ACME);
  assert.deepEqual([takes(own), takes(SHARED), takes(customerSecret(SHARED, 'other'))], [true, true, false]);
});

test('with PIXMILL_WEBHOOK_SHARED=off its messages are signed with nothing else', async () => {
  const takes = await messageFor(ACME, { PIXMILL_WEBHOOK_SHARED: 'off' });
  assert.deepEqual([takes(customerSecret(SHARED, 'acme')), takes(SHARED)], [true, false]);
});

test('who has no name keeps the secret of all', async () => {
  for (const owner of ['', ownerOfKey('0123456789abcdef')]) {
    for (const shared of ['on', 'off']) {
      const takes = await messageFor(owner, { PIXMILL_WEBHOOK_SHARED: shared });
      assert.equal(takes(SHARED), true);
    }
  }
});
