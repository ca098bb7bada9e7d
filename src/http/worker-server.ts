import fastify from 'fastify';
import { sendProblem } from './error-response.ts';
import type { HttpTools, Server } from './http-tools.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { COMPONENTS } from './schemas.ts';

/** What a worker says about itself on its own port: /health, /ready, /metrics. */
export function createWorkerServer(tools: Pick<HttpTools, 'ready' | 'version' | 'metrics' | 'log'>): Server {
  const server = fastify({
    loggerInstance: tools.log,
    routerOptions: { ignoreTrailingSlash: true },
  }) as unknown as Server;
  for (const schema of COMPONENTS) server.addSchema(schema);
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  server.setErrorHandler(sendProblem);
  healthRoutes(server, tools);
  metricsRoutes(server, tools);
  return server;
}
