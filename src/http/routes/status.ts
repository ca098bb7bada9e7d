import { statusObject } from '../../domain/status-object.ts';
import { findProgress } from '../find-request.ts';
import type { HttpTools, Server } from '../http-tools.ts';
import { answers, json } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams, StatusSchema } from '../schemas.ts';

const DESCRIPTION = 'How far a request is. Cheap enough to ask every second; live events save the asking.';

/** GET /api/status/{id}. */
export function statusRoutes(server: Server, { store, publicUrl, now }: HttpTools): void {
  const paths = routePaths('getStatus', DESCRIPTION, '/api/status/:id', '/api/check-status/:id', '/status/:id');
  for (const { url, ...doc } of paths) {
    const schema = {
      ...doc,
      tags: ['Requests'],
      summary: 'Status of a request',
      params: IdParams,
      response: answers({ 200: json('The status.', StatusSchema) }, 'request_not_found'),
    };
    server.get(url, { schema }, async (request) =>
      statusObject(await findProgress(store, request), publicUrl(), now()),
    );
  }
}
