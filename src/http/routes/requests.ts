import { Type } from 'typebox';
import { Problem } from '../../domain/problem.ts';
import type { Quotas } from '../../domain/quota.ts';
import { isFinished, type Progress } from '../../domain/request.ts';
import { statusObject } from '../../domain/status-object.ts';
import type { ImageStorage } from '../../pipeline/ports/storage.ts';
import type { RequestLifecycle } from '../../pipeline/ports/store/lifecycle.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { findProgress, isRequestId } from '../find-request.ts';
import { json, responses } from '../responses.ts';
import { IdParams, RequestListSchema, StatusSchema } from '../schemas.ts';
import type { Server } from '../server-type.ts';

const PAGE = 50;

const Query = Type.Object({
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: `Requests a page; ${PAGE} where left out.` }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: '`next_cursor` of the page before.' })),
  q: Type.Optional(
    Type.String({ maxLength: 200, description: 'Only requests whose file name or label holds this, in any case.' }),
  ),
});

export interface Requests {
  store: Pick<RequestQueries, 'progress' | 'listRequests'> &
    Pick<RequestLifecycle, 'deleteRequest' | 'retryFailed' | 'cancelRequest'>;
  storage: Pick<ImageStorage, 'remove'>;
  limits: Quotas;
  publicUrl(): string;
  now(): number;
}

/** GET /api/requests, DELETE /api/requests/{id}, POST …/retry, POST …/cancel. */
export async function requestsRoutes(server: Server, options: Requests): Promise<void> {
  const { store, storage, limits, publicUrl, now } = options;
  const shown = (progress: Progress) => statusObject(progress, publicUrl(), now());

  const list = {
    operationId: 'listRequests',
    tags: ['Requests'],
    summary: 'All requests, newest first',
    querystring: Query,
    response: responses({ 200: json('A page of requests.', RequestListSchema) }, 'invalid_parameter'),
  };
  server.get('/api/requests', { schema: list }, async ({ query, owner }) => {
    const { limit = PAGE, cursor, q } = query;
    const text = q?.trim() ? { text: q.trim() } : {};
    const before = cursor === undefined ? {} : { before: fromCursor(cursor, /^[0-9a-f-]{36}$/) };
    // One more than asked for tells whether there is a next page.
    const found = await store.listRequests({ owner, ...before, ...text, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return { requests: page.map(shown), next_cursor: last && found.length > limit ? toCursor(last.id) : null };
  });

  const remove = {
    operationId: 'deleteRequest',
    tags: ['Requests'],
    summary: 'Delete a request',
    description: 'Removes its rows and its images, for good. A running request is stopped by it.',
    params: IdParams,
    response: responses({ 204: { description: 'It is gone.', type: 'null' } }, 'request_not_found'),
  };
  server.delete('/api/requests/:id', { schema: remove }, async ({ params: { id }, owner }, reply) => {
    const found = isRequestId(id) && (await store.deleteRequest(id.toLowerCase(), storage.remove, owner));
    if (!found) throw new Problem('request_not_found');
    return reply.status(204).send();
  });

  const retry = {
    operationId: 'retryRequest',
    tags: ['Requests'],
    summary: 'Try the failed images again',
    description: 'The images that are done stay as they are. Those that are tried again count like an upload.',
    params: IdParams,
    response: responses(
      { 200: json('Running again.', StatusSchema) },
      'request_not_found',
      'still_active',
      'nothing_to_retry',
      'quota_exceeded',
    ),
  };
  server.post('/api/requests/:id/retry', { schema: retry }, async (httpRequest) => {
    const { id, status } = await findProgress(store, httpRequest);
    if (!isFinished(status)) throw new Problem('still_active');
    if ((await store.retryFailed(id, httpRequest.owner, limits)) === 0) throw new Problem('nothing_to_retry');
    return shown(await findProgress(store, httpRequest));
  });

  const cancel = {
    operationId: 'cancelRequest',
    tags: ['Requests'],
    summary: 'Stop a request',
    description: 'Images that are not done fail with `cancelled`; those that are done stay.',
    params: IdParams,
    response: responses({ 200: json('Stopped.', StatusSchema) }, 'request_not_found', 'not_active'),
  };
  server.post('/api/requests/:id/cancel', { schema: cancel }, async (httpRequest) => {
    const { id } = await findProgress(store, httpRequest);
    if (!(await store.cancelRequest(id, httpRequest.owner))) throw new Problem('not_active');
    return shown(await findProgress(store, httpRequest));
  });
}
