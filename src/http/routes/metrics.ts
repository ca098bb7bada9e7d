import type { Metrics } from '../../observability/metrics.ts';
import '../route-config.ts';
import type { Server } from '../server-type.ts';

export interface ExposedMetrics {
  metrics: Pick<Metrics, 'expose'>;
}

/** GET /metrics. */
export async function metricsRoutes(server: Server, { metrics }: ExposedMetrics): Promise<void> {
  server.get(
    '/metrics',
    { schema: { hide: true }, config: { access: 'metrics', rateLimit: false, log: 'quiet' } },
    async (_request, reply) => {
      const { type, text } = await metrics.expose();
      return reply.type(type).send(text);
    },
  );
}
