import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { sendProblem } from './error-response.ts';
import { createKeyring, type Keys } from './keyring.ts';
import { type Authentication, authenticate } from './plugins/authenticate.ts';
import { bodies } from './plugins/bodies.ts';
import { checkOrigin } from './plugins/check-origin.ts';
import { closeConnections } from './plugins/close-connections.ts';
import { type CrossOrigin, crossOrigin } from './plugins/cross-origin.ts';
import { documentation } from './plugins/documentation.ts';
import { errors } from './plugins/errors.ts';
import { limitReaders, type ReaderLimits } from './plugins/limit-readers.ts';
import { limitRequests, type RequestLimit } from './plugins/limit-requests.ts';
import { httpRequestId, type Observers, observe, observeRequest } from './plugins/observe.ts';
import { otherMethods } from './plugins/other-methods.ts';
import { routeTable } from './plugins/route-table.ts';
import { securityHeaders } from './plugins/security-headers.ts';
import { type Archive, archiveRoutes } from './routes/archive.ts';
import { type Deliveries, deliveriesRoutes } from './routes/deliveries.ts';
import { type Details, detailsRoutes } from './routes/details.ts';
import { documentationRoutes } from './routes/documentation.ts';
import { type ErrorsCsv, errorsCsvRoutes } from './routes/errors-csv.ts';
import { type Events, eventsRoutes } from './routes/events.ts';
import { type Health, healthRoutes } from './routes/health.ts';
import { type Images, imageRoutes } from './routes/images.ts';
import { type ExposedMetrics, metricsRoutes } from './routes/metrics.ts';
import { type Page, pageRoutes } from './routes/page.ts';
import { presetRoutes } from './routes/presets.ts';
import { type Products, productsRoutes } from './routes/products.ts';
import { type Requests, requestsRoutes } from './routes/requests.ts';
import { type Results, resultsRoutes } from './routes/results.ts';
import { type Sessions, sessionRoutes } from './routes/session.ts';
import { type Status, statusRoutes } from './routes/status.ts';
import { type Uploads, uploadRoutes } from './routes/upload.ts';
import { type UsageReport, usageRoutes } from './routes/usage.ts';
import type { Server } from './server-type.ts';

/** Sending the head of an HTTP request where nothing else is configured; slower is an attack (Slowloris). */
const HEADERS_MS = 20_000;
/** Sending a whole HTTP request: an upload of the largest CSV over a slow line. */
const REQUEST_MS = 900_000;
/** A connection on which nothing moves in either direction. */
const SILENCE_MS = 120_000;
const KEEP_ALIVE_MS = 30_000;

interface Connections {
  /** Longest time for the head of an HTTP request, in milliseconds. */
  headersMs?: number;
  /** How many proxies, or which, are believed in what they say of the address of a client. */
  trustProxy: false | number | string[];
  log: FastifyBaseLogger;
}

/** Each plugin says what it needs; together that is what the API needs from the rest of the program. */
export type ServerOptions = Connections &
  Observers &
  CrossOrigin &
  RequestLimit &
  ReaderLimits &
  Keys &
  Pick<Authentication, 'store'> &
  Pick<Sessions, 'sessionMs'> &
  Uploads &
  Status &
  Products &
  Details &
  Results &
  ErrorsCsv &
  Archive &
  Images &
  Requests &
  Events &
  Deliveries &
  Health &
  ExposedMetrics &
  UsageReport &
  Page;

/** The HTTP API, ready to listen. `close()` ends live events, then waits for the responses that are under way. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { store, storage, stagingDir, links, publicUrl, now, metrics, tracing, version } = options;
  const keyring = createKeyring(options);
  const server = createFastify(options);

  await server.register(bodies);
  await server.register(errors);
  await server.register(observe, { metrics, tracing });
  await server.register(closeConnections);
  await server.register(securityHeaders);
  await server.register(crossOrigin, { corsOrigins: options.corsOrigins });
  await server.register(limitRequests, { requestsPerMinute: options.requestsPerMinute });
  const { countRefused } = server;
  await server.register(authenticate, { keyring, store, now, countRefused });
  await server.register(checkOrigin, { publicUrl, corsOrigins: options.corsOrigins, withKeys: !keyring.isEmpty });
  await server.register(limitReaders, { limits: options.limits });
  await server.register(documentation, { version, withKeys: !keyring.isEmpty });
  await server.register(routeTable);

  await server.register(sessionRoutes, { keyring, store, sessionMs: options.sessionMs, now });
  await server.register(uploadRoutes, {
    acceptUpload: options.acceptUpload,
    stagingDir,
    limits: options.limits,
    publicUrl,
    maxUploadsAtOnce: options.maxUploadsAtOnce,
    uploadGraceMs: options.uploadGraceMs,
    overloaded: options.overloaded,
  });
  await server.register(statusRoutes, { store, publicUrl, now });
  await server.register(productsRoutes, { store, links });
  await server.register(detailsRoutes, { store, links, publicUrl, now });
  await server.register(resultsRoutes, { store, links });
  await server.register(errorsCsvRoutes, { store });
  await server.register(archiveRoutes, { store, storage, stagingDir });
  await server.register(imageRoutes, { storage, links, redirectToStorage: options.redirectToStorage, now });
  await server.register(requestsRoutes, { store, storage, limits: options.limits, publicUrl, now });
  await server.register(eventsRoutes, { store, publicUrl, now });
  await server.register(deliveriesRoutes, { store });
  await server.register(presetRoutes);
  await server.register(healthRoutes, { ready: options.ready, version });
  await server.register(metricsRoutes, { metrics });
  await server.register(usageRoutes, { store, now });
  await server.register(pageRoutes, { builtPage: options.builtPage });
  await server.register(documentationRoutes);

  await server.register(otherMethods);
  return server;
}

function createFastify({ log, headersMs = HEADERS_MS, trustProxy, metrics, tracing }: Connections & Observers): Server {
  return fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: httpRequestId,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1_000 },
    requestTimeout: REQUEST_MS,
    connectionTimeout: SILENCE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    // Node looks for slow heads now and then only, by itself every 30 s.
    http: { headersTimeout: headersMs, connectionsCheckingInterval: headersMs / 4 },
    // Addresses that are none reach no hook.
    frameworkErrors: (error, request, reply) =>
      observeRequest(request, reply, { metrics, tracing }, () => sendProblem(error, request, reply)),
    // Fastify takes a bare number for nobody.
    trustProxy: typeof trustProxy === 'number' ? (_address, hop) => hop < trustProxy : trustProxy,
  }).withTypeProvider<TypeBoxTypeProvider>();
}
