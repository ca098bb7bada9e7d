import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { errors } from './plugins/errors.ts';
import { httpRequestId, type Observers, observe } from './plugins/observe.ts';
import { type Health, healthRoutes } from './routes/health.ts';
import { type ExposedMetrics, metricsRoutes } from './routes/metrics.ts';
import { COMPONENTS } from './schemas.ts';
import type { Server } from './server-type.ts';

export type WorkerServerOptions = Observers & Health & ExposedMetrics & { log: FastifyBaseLogger };

/** What a worker says about itself on its own port: /health, /ready, /metrics. */
export async function createWorkerServer({
  log,
  metrics,
  tracing,
  ready,
  version,
}: WorkerServerOptions): Promise<Server> {
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: httpRequestId,
    routerOptions: { ignoreTrailingSlash: true },
  }) as unknown as Server;
  for (const schema of COMPONENTS) server.addSchema(schema);
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  await server.register(errors);
  await server.register(observe, { metrics, tracing });
  await server.register(healthRoutes, { ready, version });
  await server.register(metricsRoutes, { metrics });
  return server;
}
