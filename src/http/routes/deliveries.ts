import { Problem } from '../../domain/problem.ts';
import type { DeliveryStore } from '../../pipeline/ports/store/deliveries.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import type { RequestRecord } from '../../pipeline/ports/store/records.ts';
import { findRecord } from '../find-request.ts';
import { json, responses } from '../responses.ts';
import { DeliveriesSchema, IdParams } from '../schemas.ts';
import { serializeDelivery } from '../serialize.ts';
import type { Server } from '../server-type.ts';

export interface Deliveries {
  store: Pick<RequestQueries, 'findRequest'> & Pick<DeliveryStore, 'deliveries' | 'redeliver'>;
}

/** GET /api/requests/{id}/deliveries, POST …/deliveries/redeliver. */
export async function deliveriesRoutes(server: Server, { store }: Deliveries): Promise<void> {
  const log = async ({ id, number }: RequestRecord) => ({
    request_id: id,
    deliveries: (await store.deliveries(number)).map(serializeDelivery),
  });

  const list = {
    operationId: 'listDeliveries',
    tags: ['Webhooks'],
    summary: 'Every attempt at the webhook',
    params: IdParams,
    response: responses({ 200: json('The attempts, oldest first.', DeliveriesSchema) }, 'request_not_found'),
  };
  server.get('/api/requests/:id/deliveries', { schema: list }, async (httpRequest) =>
    log(await findRecord(store, httpRequest)),
  );

  const redeliver = {
    operationId: 'redeliverWebhook',
    tags: ['Webhooks'],
    summary: 'Send the webhook again',
    description: 'With the same `webhook-id`, so that a receiver can tell it from a new message.',
    params: IdParams,
    response: responses(
      { 200: json('The attempts so far; the new one comes at once.', DeliveriesSchema) },
      'request_not_found',
      'nothing_to_deliver',
    ),
  };
  server.post('/api/requests/:id/deliveries/redeliver', { schema: redeliver }, async (httpRequest) => {
    const record = await findRecord(store, httpRequest);
    if (!(await store.redeliver(record.number))) throw new Problem('nothing_to_deliver');
    return log(record);
  });
}
