import type { HttpTools, Server } from '../http-tools.ts';

/** GET /metrics. */
export function metricsRoutes(server: Server, { metrics }: Pick<HttpTools, 'metrics'>): void {
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { type, text } = await metrics.expose();
    return reply.type(type).send(text);
  });
}
