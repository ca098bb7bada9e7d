import plugin from 'fastify-plugin';
import type { Limits } from '../../domain/limits.ts';
import { Problem } from '../../domain/problem.ts';
import { clientNetwork } from '../client-network.ts';
import type { Server } from '../server-type.ts';
import '../route-config.ts';

export interface ReaderLimits {
  limits: Pick<Limits, 'archivesAtOnce' | 'eventStreamsAtOnce' | 'tablesAtOnce'>;
}

const WHAT = {
  archivesAtOnce: 'archives of images',
  eventStreamsAtOnce: 'streams of events',
  tablesAtOnce: 'tables and lists',
} as const;

/**
 * Bounds the long answers that one customer reads at once, for routes that name such a bound (`config.readers`). Each holds
 * memory and files for as long as its client takes to read it, which may be for ever.
 */
export const limitReaders = plugin(async (server: Server, { limits }: ReaderLimits) => {
  const reading = new Map<string, number>();
  server.addHook('onRequest', async (request, reply) => {
    const kind = request.routeOptions.config?.readers;
    if (kind === undefined) return;
    const reader = `${kind} ${request.owner || clientNetwork(request.ip)}`;
    const held = reading.get(reader) ?? 0;
    if (held >= limits[kind]) {
      throw new Problem(
        'too_many_readers',
        `Limit of ${WHAT[kind]} at once: ${limits[kind]}. Read one to its end first.`,
      );
    }
    reading.set(reader, held + 1);
    reply.raw.once('close', () => {
      const left = (reading.get(reader) ?? 1) - 1;
      if (left === 0) reading.delete(reader);
      else reading.set(reader, left);
    });
  });
});
