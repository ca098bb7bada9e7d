import fastify, { LogController } from 'fastify';
import { sendProblem } from './error-response.ts';
import type { HttpTools, Server } from './http-tools.ts';
import { callId, observeCalls } from './observe-calls.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { COMPONENTS } from './schemas.ts';

/** What a worker says about itself on its own port: /health, /ready, /metrics. */
export function createWorkerServer(
  tools: Pick<HttpTools, 'ready' | 'version' | 'metrics' | 'tracing' | 'log'>,
): Server {
  const server = fastify({
    loggerInstance: tools.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: callId,
    routerOptions: { ignoreTrailingSlash: true },
  }) as unknown as Server;
  for (const schema of COMPONENTS) server.addSchema(schema);
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  server.setErrorHandler(sendProblem);
  observeCalls(server, tools);
  healthRoutes(server, tools);
  metricsRoutes(server, tools);
  return server;
}
