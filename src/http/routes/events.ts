import { setTimeout as sleep } from 'node:timers/promises';
import { isFinished } from '../../domain/request.ts';
import { statusObject } from '../../domain/status-object.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import { findProgress } from '../find-request.ts';
import { content, responses } from '../responses.ts';
import { IdParams } from '../schemas.ts';
import '../route-config.ts';
import { sendStream } from '../send-stream.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = `Server-sent events: the status object whenever it changed, at most twice a second. The stream ends after
the final state. A client that reconnects gets the present state at once.`;

/** At most two events a second. */
const INTERVAL_MS = 500;
/** Proxies cut connections that are silent; a comment is not. */
const HEARTBEAT_MS = 15_000;

export interface Events {
  store: Pick<RequestQueries, 'progress'>;
  publicUrl(): string;
  now(): number;
}

/** GET /api/requests/{id}/events. */
export async function eventsRoutes(server: Server, { store, publicUrl, now }: Events): Promise<void> {
  const closing = new AbortController();
  server.addHook('preClose', async () => closing.abort());

  const schema = {
    operationId: 'streamEvents',
    tags: ['Requests'],
    summary: 'Live progress',
    description: DESCRIPTION,
    params: IdParams,
    response: responses({ 200: content('The events.', 'text/event-stream') }, 'request_not_found', 'too_many_readers'),
  };
  server.get(
    '/api/requests/:id/events',
    { schema, config: { readers: 'eventStreamsAtOnce' } },
    async (httpRequest, reply) => {
      await findProgress(store, httpRequest);
      reply.headers({ 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' });
      const gone = new AbortController();
      httpRequest.raw.on('close', () => gone.abort());
      const signal = AbortSignal.any([closing.signal, gone.signal]);
      return sendStream(httpRequest, reply, 'text/event-stream', events(httpRequest, signal));
    },
  );

  async function* events(
    httpRequest: { params: { id: string }; owner: string },
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    let sent = '';
    let sentAt = 0;
    while (!signal.aborted) {
      // Deleted meanwhile: there is nothing more to say.
      const progress = await findProgress(store, httpRequest).catch(() => undefined);
      if (!progress) return;
      const state = JSON.stringify(progress);
      if (state !== sent) {
        yield `data: ${JSON.stringify(statusObject(progress, publicUrl(), now()))}\n\n`;
        sent = state;
        sentAt = now();
      } else if (now() - sentAt >= HEARTBEAT_MS) {
        yield ': still here\n\n';
        sentAt = now();
      }
      if (isFinished(progress.status)) return;
      await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
