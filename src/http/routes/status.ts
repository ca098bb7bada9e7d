import { isFinished } from '../../domain/request.ts';
import { statusObject } from '../../domain/status-object.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import { findProgress } from '../find-request.ts';
import { json, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams, StatusSchema } from '../schemas.ts';
import type { Server } from '../server-type.ts';

/** With a slash at its end an older client asks here that knows only `Pending` and the ends of a request. */
const OLDEST = '/status/:id';

const DESCRIPTION = 'How far a request is. Cheap enough to ask every second; live events save the asking.';

export interface Status {
  store: Pick<RequestQueries, 'progress'>;
  /** Base of the addresses that we hand out, without a slash at the end; known only once we listen. */
  publicUrl(): string;
  now(): number;
}

/** GET /api/status/{id}. */
export async function statusRoutes(server: Server, { store, publicUrl, now }: Status): Promise<void> {
  const paths = routePaths('getStatus', DESCRIPTION, '/api/status/:id', '/api/check-status/:id', OLDEST);
  for (const { url, ...doc } of paths) {
    const schema = {
      ...doc,
      tags: ['Requests'],
      summary: 'Status of a request',
      ...(url === OLDEST && {
        description: `${doc.description} With a slash at its end, \`Processing\` is told as \`Pending\`.`,
      }),
      params: IdParams,
      response: responses({ 200: json('The status.', StatusSchema) }, 'request_not_found'),
    };
    server.get(url, { schema }, async (httpRequest) => {
      const status = statusObject(await findProgress(store, httpRequest), publicUrl(), now());
      const [path = ''] = httpRequest.url.split('?', 1);
      const asPending = url === OLDEST && path.endsWith('/') && !isFinished(status.status);
      return asPending ? { ...status, status: 'Pending' } : status;
    });
  }
}
