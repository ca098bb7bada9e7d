import { Problem } from '../../domain/problem.ts';
import type { RequestRecord } from '../../pipeline/ports/store/records.ts';
import { findRecord } from '../find-request.ts';
import type { HttpTools, Server } from '../http-tools.ts';
import { answers, json } from '../responses.ts';
import { DeliveriesSchema, IdParams } from '../schemas.ts';
import { presentDelivery } from '../serialize.ts';

/** GET /api/requests/{id}/deliveries, POST …/deliveries/redeliver. */
export function deliveriesRoutes(server: Server, { store }: HttpTools): void {
  const log = async ({ id, number }: RequestRecord) => ({
    request_id: id,
    deliveries: (await store.deliveries(number)).map(presentDelivery),
  });

  const list = {
    operationId: 'listDeliveries',
    tags: ['Webhooks'],
    summary: 'Every attempt at the webhook',
    params: IdParams,
    response: answers({ 200: json('The attempts, oldest first.', DeliveriesSchema) }, 'request_not_found'),
  };
  server.get('/api/requests/:id/deliveries', { schema: list }, async (request) =>
    log(await findRecord(store, request)),
  );

  const redeliver = {
    operationId: 'redeliverWebhook',
    tags: ['Webhooks'],
    summary: 'Send the webhook again',
    description: 'With the same `webhook-id`, so that a receiver can tell it from a new message.',
    params: IdParams,
    response: answers(
      { 200: json('The attempts so far; the new one comes at once.', DeliveriesSchema) },
      'request_not_found',
      'nothing_to_deliver',
    ),
  };
  server.post('/api/requests/:id/deliveries/redeliver', { schema: redeliver }, async (request) => {
    const record = await findRecord(store, request);
    if (!(await store.redeliver(record.number))) throw new Problem('nothing_to_deliver');
    return log(record);
  });
}
