import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController } from 'fastify';
import { Problem } from '../domain/problem.ts';
import { authenticate } from './authentication.ts';
import { sendProblem } from './error-response.ts';
import type { HttpTools, Server } from './http-tools.ts';
import { limitCalls } from './limit-calls.ts';
import { refuseOtherMethods } from './method-not-allowed.ts';
import { callId, observeCall, observeCalls } from './observe-calls.ts';
import { archiveRoutes } from './routes/archive.ts';
import { deliveriesRoutes } from './routes/deliveries.ts';
import { detailsRoutes } from './routes/details.ts';
import { describeRoutes, documentationRoutes } from './routes/documentation.ts';
import { errorsCsvRoutes } from './routes/errors-csv.ts';
import { eventsRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { imageRoutes } from './routes/images.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { pageRoutes } from './routes/page.ts';
import { productsRoutes } from './routes/products.ts';
import { requestsRoutes } from './routes/requests.ts';
import { resultsRoutes } from './routes/results.ts';
import { statusRoutes } from './routes/status.ts';
import { uploadRoutes } from './routes/upload.ts';
import { COMPONENTS } from './schemas.ts';

/** Sending the head of a call where nothing else is configured; slower is an attack (Slowloris). */
const HEADERS_MS = 20_000;
/** Sending a whole call: an upload of the largest CSV over a slow line. */
const REQUEST_MS = 900_000;
/** A connection on which nothing moves in either direction. */
const SILENCE_MS = 120_000;
const KEEP_ALIVE_MS = 30_000;

/**
 * What pages that we serve may load: only from us. Swagger UI needs styles inline, and shows an image that it has fetched
 * from a blob; ReDoc needs a worker from one.
 */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  workerSrc: ["'self'", 'blob:'],
  imgSrc: ["'self'", 'data:', 'blob:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  frameAncestors: ["'none'"],
  // The server itself often stands behind a proxy that adds TLS; it must not lead browsers to a port without it.
  upgradeInsecureRequests: null,
};

/** The HTTP API, ready to listen. `close()` ends live events, then waits for what is being answered. */
export async function createServer(tools: HttpTools): Promise<Server> {
  const headersTimeout = tools.headersMs ?? HEADERS_MS;
  const server: Server = fastify({
    loggerInstance: tools.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: callId,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    requestTimeout: REQUEST_MS,
    connectionTimeout: SILENCE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    // Node looks for slow heads now and then only, by itself every 30 s.
    http: { headersTimeout, connectionsCheckingInterval: headersTimeout / 4 },
    // Addresses that are none reach no hook.
    frameworkErrors: (error, request, reply) =>
      observeCall(request, reply, tools, () => sendProblem(error, request, reply)),
    trustProxy: tools.trustProxy,
  }).withTypeProvider<TypeBoxTypeProvider>();

  server.decorateRequest('owner', '');
  // Schemas document the answers; what an answer holds is not cut down to them.
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  // Only uploads have a body, which they read themselves; what clients send elsewhere is of no interest.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _body, done) => done(null));
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler((request, reply) => sendProblem(new Problem('not_found'), request, reply));
  for (const schema of COMPONENTS) server.addSchema(schema);

  observeCalls(server, tools);
  endConnectionsAtClose(server);
  await server.register(helmet, { contentSecurityPolicy: { directives: CONTENT_SECURITY } });
  if (tools.corsOrigins.length > 0)
    await server.register(cors, { origin: tools.corsOrigins, exposedHeaders: ['location', 'retry-after'] });
  await authenticate(server, tools.apiKeys);
  await limitCalls(server, tools.callsPerMinute);
  await describeRoutes(server, tools.version, tools.apiKeys.length > 0);
  const refuseOthers = refuseOtherMethods(server);
  await uploadRoutes(server, tools);
  statusRoutes(server, tools);
  productsRoutes(server, tools);
  detailsRoutes(server, tools);
  resultsRoutes(server, tools);
  errorsCsvRoutes(server, tools);
  archiveRoutes(server, tools);
  imageRoutes(server, tools);
  requestsRoutes(server, tools);
  eventsRoutes(server, tools);
  deliveriesRoutes(server, tools);
  healthRoutes(server, tools);
  metricsRoutes(server, tools);
  await pageRoutes(server);
  await documentationRoutes(server);
  refuseOthers();
  return server;
}

/** Closing ends the connections that are idle then; the others would be kept open after their call, and hold a stop. */
function endConnectionsAtClose(server: Server): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.addHook('onResponse', (_request, _reply, next) => {
    // The connection becomes idle after this hook.
    if (closing) setImmediate(() => server.server.closeIdleConnections());
    next();
  });
}
