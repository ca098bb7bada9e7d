import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { SHARD_SIZE } from '../domain/request.ts';
import type { Server } from '../http/server-type.ts';
import { createDecoderPool } from '../imaging/decoders/pool.ts';
import { sharedGauges, workerGauges } from '../observability/gauges.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createPipelineObserver } from '../observability/pipeline-observer.ts';
import { NO_TRACING, type Tracing } from '../observability/tracing.ts';
import { createOutbound } from '../outbound/outbound.ts';
import { type AcceptContext, acceptUpload } from '../pipeline/accept-upload.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { RequestQueries } from '../pipeline/ports/store/queries.ts';
import type { RowQueries } from '../pipeline/ports/store/rows.ts';
import type { SettingStore } from '../pipeline/ports/store/settings.ts';
import type { AcceptUpload } from '../pipeline/upload.ts';
import { steadyClock } from '../queue/steady-clock.ts';
import { LASTING_LINKS, signedLinks } from '../results/image-links.ts';
import { startWorker } from '../worker/worker.ts';
import type { Config } from './config/config.ts';
import type { Role } from './config/variables.ts';
import { knownKeys } from './customers.ts';
import { openInfrastructure } from './infrastructure.ts';
import { linkSecretOf, webhookSecretsOf } from './secrets.ts';

export interface App {
  store: RequestQueries & RowQueries & SettingStore;
  storage: ImageStorage;
  acceptUpload: AcceptUpload;
  /** Where the API listens, or for a worker its health and metrics; undefined where nothing listens. */
  url: string | undefined;
  /** Stops taking work, waits up to `PIXMILL_STOP_SECONDS` for what runs, hands the rest back. */
  stop(): Promise<void>;
}

/**
 * Builds the parts in the order in which they need each other, and starts them.
 * @throws DatabaseUnusable, StorageUnusable, DecodersUnsafe, and what listening throws (a port that is taken)
 */
export async function startApp(config: Config, role: Role, version: string, log: Logger): Promise<App> {
  /** What takes work in from outside or from the queue: stopped first, together. */
  const servers: (() => Promise<unknown>)[] = [];
  /** What they work with, in the order of building. */
  const parts: (() => unknown)[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server()));
    for (const part of parts.toReversed()) await part();
  };
  try {
    const tracing = await openTracing(config, role, version, log);
    parts.push(tracing.stop);
    const metrics = createMetrics({ version, role });
    const observer = createPipelineObserver(metrics, tracing, log);
    const steadyNow = steadyClock();
    const { store, queue, storage, workFolder, close } = await openInfrastructure(config, steadyNow, log);
    parts.push(close);

    const outbound = createOutbound(config);
    parts.push(() => outbound.close());
    const acceptContext: AcceptContext = {
      observer,
      store,
      limits: config.limits,
      webhookProblem: outbound.webhookProblem,
      defaultWebhookUrl: config.webhookUrl,
      storagePublicUrl: config.storagePublicUrl,
      newId: uuidv7,
      now: Date.now,
    };
    const accept: AcceptUpload = (form) => acceptUpload(form, acceptContext);

    metrics.register(...sharedGauges({ queue, store, storage, dataDir: config.dataDir }));
    const ready = async () => {
      await Promise.all([store.ping(), storage.ping(), workFolder.check()]);
    };
    let url: string | undefined;
    let publicUrl = config.publicUrl ?? `http://${config.host}:${config.port}`;
    const listen = async (server: Server, port: number) => {
      servers.push(() => closeServer(server, config.stopSeconds * 1_000));
      await server.listen({ host: config.host, port });
      const { port: taken } = server.server.address() as AddressInfo;
      url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${taken}`;
      publicUrl = config.publicUrl ?? url;
    };
    // Each role loads what it serves: a command without a port starts without all of Fastify.
    if (role === 'worker' && config.port !== null) {
      const { createWorkerServer } = await import('../http/worker-server.ts');
      await listen(await createWorkerServer({ ready, version, metrics, tracing, log }), config.port);
    }
    if (role !== 'worker' && config.port !== null) {
      const { createServer } = await import('../http/server.ts');
      const { signedUrlsMs } = config;
      const server = await createServer({
        store,
        storage,
        acceptUpload: accept,
        stagingDir: workFolder.path,
        limits: config.limits,
        publicUrl: () => publicUrl,
        links: signedUrlsMs === null ? LASTING_LINKS : signedLinks(await linkSecretOf(store), signedUrlsMs, Date.now),
        redirectToStorage: config.storageRedirect,
        apiKeys: await knownKeys(store, config.apiKeys, log),
        operatorKeys: config.operatorKeys,
        sessionMs: config.sessionMs,
        requestsPerMinute: config.requestsPerMinute,
        trustProxy: config.trustProxy,
        corsOrigins: config.corsOrigins,
        now: Date.now,
        log,
        version,
        overloaded: async () => (await queue.depth('shard')) * SHARD_SIZE > config.limits.backlog,
        metrics,
        tracing,
        ready,
      });
      await listen(server, config.port);
    }

    if (role !== 'api') {
      const decoders = createDecoderPool({
        processes: config.decoders,
        limits: config.limits,
        workFolder,
        mayStayRoot: config.decodeAsRoot,
        log,
        onLost: metrics.decoderLost,
      });
      metrics.register(...workerGauges(outbound, decoders));
      parts.push(() => decoders.stop());
      await decoders.ready();
      const worker = startWorker({
        queue,
        store,
        storage,
        fetchImage: outbound.fetchImage,
        compress: decoders.compress,
        inputFile: decoders.inputFile,
        temporaryFile: () => join(workFolder.path, randomUUID()),
        sendWebhook: outbound.sendWebhook,
        webhookSecrets: await webhookSecretsOf(config, store),
        publicUrl,
        decoders: config.decoders,
        downloads: config.downloads,
        limits: config.limits,
        retentionDays: config.retentionDays,
        removeOrphans: config.removeOrphans,
        steadyNow,
        observer,
        log,
      });
      servers.push(() => worker.stop(config.stopSeconds * 1_000));
    }
    return { store, storage, acceptUpload: accept, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Loaded where spans are wanted: everybody else starts lighter without. */
async function openTracing(config: Config, role: Role, version: string, log: Logger): Promise<Tracing> {
  if (config.tracing === null) return NO_TRACING;
  const { createOpenTelemetry } = await import('../observability/open-telemetry.ts');
  return createOpenTelemetry(config.tracing, { version, role }, config.stopSeconds * 1_000, log);
}

/** Lets answers and uploads that are under way end, up to `graceMs`; a slow client must not hold the stop for longer. */
async function closeServer(server: Server, graceMs: number): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), graceMs);
  await server.close();
  clearTimeout(timer);
}
