import { statusObject } from '../../domain/status-object.ts';
import type { RequestStore } from '../../pipeline/ports/store.ts';
import { findProgress } from '../find-request.ts';
import { json, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams, StatusSchema } from '../schemas.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = 'How far a request is. Cheap enough to ask every second; live events save the asking.';

export interface Status {
  store: Pick<RequestStore, 'progress'>;
  /** Base of the addresses that we hand out, without a slash at the end; known only once we listen. */
  publicUrl(): string;
  now(): number;
}

/** GET /api/status/{id}. */
export async function statusRoutes(server: Server, { store, publicUrl, now }: Status): Promise<void> {
  const paths = routePaths('getStatus', DESCRIPTION, '/api/status/:id', '/api/check-status/:id', '/status/:id');
  for (const { url, ...doc } of paths) {
    const schema = {
      ...doc,
      tags: ['Requests'],
      summary: 'Status of a request',
      params: IdParams,
      response: responses({ 200: json('The status.', StatusSchema) }, 'request_not_found'),
    };
    server.get(url, { schema }, async (httpRequest) =>
      statusObject(await findProgress(store, httpRequest), publicUrl(), now()),
    );
  }
}
