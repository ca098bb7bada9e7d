import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { ImageFailure } from '../../src/domain/failure.ts';
import { deliverWebhook, type WebhookContext } from '../../src/pipeline/deliver-webhook.ts';
import type { JobOf } from '../../src/pipeline/ports/queue.ts';
import { done, publish } from '../support/rows.ts';
import { sqliteStore } from '../support/sqlite-store.ts';
import { UNOBSERVED } from '../support/unobserved.ts';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const NEVER = new AbortController().signal;

type Answer = { statusCode: number; retryAfterMs: number | null } | ImageFailure;

/** A finished request whose webhook is due, and a receiver that gives these answers one after the other. */
async function dueWebhook(...answers: Answer[]) {
  const { store } = await sqliteStore();
  const { number } = await publish(store, [['https://a/1']], {
    request: { webhookUrl: 'https://hook/', publicUrl: 'https://pixmill.example' },
  });
  await store.recordOutcomes([{ request: number, number: 0, attempts: 1, lease: 9, settlement: done('k') }]);
  const job: JobOf<'webhook'> = { kind: 'webhook', request: number, delivery: 1 };
  const sent: { headers: Record<string, string>; body: string; at: number }[] = [];
  let now = 1_800_000_000_000;
  const tools: WebhookContext = {
    store,
    receivers: { acquire: async () => () => undefined },
    secrets: () => [SECRET],
    publicUrl: 'http://worker.internal',
    now: () => now,
    random: () => 0,
    observer: UNOBSERVED,
    async sendWebhook(_, { headers, body }) {
      sent.push({ headers, body, at: now });
      const answer = answers.shift() ?? assert.fail('one attempt too many');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const run = async () => {
    let result = await deliverWebhook(job, tools, NEVER);
    while (result !== 'finished') {
      now += result.snooze;
      result = await deliverWebhook(job, tools, NEVER);
    }
  };
  return {
    store,
    number,
    job,
    tools,
    sent,
    run,
    setTime: (time: number) => {
      now = time;
    },
  };
}

const status = (statusCode: number, retryAfterMs: number | null = null) => ({ statusCode, retryAfterMs });
const attemptsAt = (sent: { at: number }[]) => sent.map(({ at }, i) => (at - (sent[i - 1]?.at ?? at)) / 1_000);

describe('webhook', () => {
  test('is signed so that the standard library accepts it, and carries the status object with addresses of the upload', async () => {
    const { run, sent, store, number } = await dueWebhook(status(204));
    await run();
    const [message] = sent;
    assert.ok(message);
    const event = JSON.parse(message.body);
    assert.equal(event.type, 'request.completed');
    assert.deepEqual([event.request_id, event.status], [event.data.request_id, 'Completed'], 'for older receivers');
    assert.equal(event.data.images_processed, 1);
    assert.equal(event.data.download_url, `https://pixmill.example/api/download/${event.data.request_id}`);
    assert.equal(event.data.details_url, `https://pixmill.example/api/details/${event.data.request_id}`);
    const signed = new Webhook(SECRET).sign(
      message.headers['webhook-id'] ?? '',
      new Date(Number(message.headers['webhook-timestamp']) * 1_000),
      message.body,
    );
    assert.equal(message.headers['webhook-signature'], signed);
    assert.deepEqual(
      (await store.deliveries(number)).map(({ state, statusCode, nextAt }) => [state, statusCode, nextAt]),
      [['delivered', 204, null]],
    );
  });

  test('is tried ten times over the whole schedule, always with the same id, then given up', async () => {
    const { run, sent, store, number } = await dueWebhook(...Array.from({ length: 10 }, () => status(500)));
    await run();
    assert.deepEqual(attemptsAt(sent), [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    assert.equal(new Set(sent.map(({ headers }) => headers['webhook-id'])).size, 1);
    assert.equal(new Set(sent.map(({ body }) => body)).size, 1);
    assert.equal((await store.deliveries(number)).at(-1)?.state, 'given_up');
  });

  test('a redirect is no success, and a receiver that is away is tried again', async () => {
    const { run, sent, store, number } = await dueWebhook(status(302), new ImageFailure('connect_failed'), status(200));
    await run();
    assert.equal(sent.length, 3);
    assert.deepEqual(
      (await store.deliveries(number)).map(({ statusCode, error }) => [statusCode, error]),
      [
        [302, null],
        [null, 'connect_failed'],
        [200, null],
      ],
    );
  });

  test('410 ends the schedule', async () => {
    const { run, sent } = await dueWebhook(status(410));
    await run();
    assert.equal(sent.length, 1);
  });

  test('Retry-After puts the next attempt off, but never brings it forward', async () => {
    const { run, sent } = await dueWebhook(status(503, 60_000), status(503, 1_000), status(200));
    await run();
    assert.deepEqual(attemptsAt(sent), [0, 60, 300]);
  });

  test('an attempt that is put off uses up no step and is not recorded', async () => {
    const { run, sent, store, number } = await dueWebhook(
      new ImageFailure('dns_failed', { countsAsTry: false, retryAfterMs: 1_000 }),
      new ImageFailure('dns_failed', { retryAfterMs: 60_000 }),
      status(200),
    );
    await run();
    assert.deepEqual(attemptsAt(sent), [0, 1, 60]);
    assert.deepEqual(
      (await store.deliveries(number)).map(({ statusCode, error }) => [statusCode, error]),
      [
        [null, 'dns_failed'],
        [200, null],
      ],
    );
  });

  test('an attempt that our own stop cuts off uses up no step', async () => {
    const { store, number, job, tools } = await dueWebhook(new ImageFailure('connect_failed'));
    const stop = new AbortController();
    const result = await deliverWebhook(
      job,
      {
        ...tools,
        sendWebhook: async (...call) => {
          stop.abort();
          return tools.sendWebhook(...call);
        },
      },
      stop.signal,
    );
    assert.notEqual(result, 'finished');
    assert.deepEqual(await store.deliveries(number), []);
    assert.equal((await store.findDelivery(number, 1))?.delivery.step, 0);
  });
});
