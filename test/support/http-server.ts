import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pino from 'pino';
import { v7 } from 'uuid';
import { ownerOfCustomer, ownerOfKey } from '../../src/domain/customer.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/domain/limits.ts';
import type { KnownKey } from '../../src/http/keyring.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';
import type { Server } from '../../src/http/server-type.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { NO_TRACING } from '../../src/observability/tracing.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { type AcceptContext, acceptUpload } from '../../src/pipeline/accept-upload.ts';
import type { ImageStorage } from '../../src/pipeline/ports/storage.ts';
import type { RequestStore } from '../../src/pipeline/ports/store.ts';
import { LASTING_LINKS } from '../../src/results/image-links.ts';
import { type Config, readConfig } from '../../src/runtime/config/config.ts';
import { apiKeys } from '../../src/runtime/config/read-keys.ts';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import { atTheEnd } from './at-the-end.ts';
import { sqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { UNOBSERVED } from './unobserved.ts';

export type HttpServerOptions = Partial<Omit<ServerOptions, 'limits'>> & { limits?: Partial<Limits> };

export interface HttpServer {
  server: Server;
  store: RequestStore;
  storage: ImageStorage;
  /** Where uploads lie while they arrive. */
  stagingDir: string;
  /** An HTTP request to it without a socket, as `fetch` would send it; the path stays as it is written. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Uploads a CSV; other form fields as given. */
  upload(csv: string | Uint8Array, fields?: Record<string, string>): Promise<Response>;
}

/** The API over a real store and real files, without a worker, closed when the surrounding test or test file ends. */
export async function httpServer(options: HttpServerOptions = {}): Promise<HttpServer> {
  const { store } = await sqliteStore();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const stagingDir = temporaryFolder();
  const storage = createFileStorage({ root: join(temporaryFolder(), 'images'), folders: 'by-request' });
  const outbound = createOutbound(allowingThisMachine());
  atTheEnd(() => outbound.close());
  const context: AcceptContext = {
    store,
    observer: UNOBSERVED,
    limits,
    now: Date.now,
    webhookProblem: outbound.webhookProblem,
    defaultWebhookUrl: null,
    storagePublicUrl: null,
    newId: v7,
  };
  const server = await createServer({
    store,
    storage,
    acceptUpload: (form) => acceptUpload(form, context),
    stagingDir,
    publicUrl: () => 'http://pixmill.example',
    links: LASTING_LINKS,
    redirectToStorage: false,
    apiKeys: [],
    operatorKeys: [],
    sessionMs: 3_600_000,
    requestsPerMinute: 0,
    trustProxy: false,
    corsOrigins: [],
    metrics: createMetrics({ version: '', role: 'api' }),
    tracing: NO_TRACING,
    now: Date.now,
    log: pino({ level: 'silent' }),
    version: '1.2.3',
    ready: async () => undefined,
    ...options,
    limits,
  });
  atTheEnd(() => server.close());
  // What stands for the socket of an injected request has no time-out to be set.
  server.addHook('onRequest', async ({ socket }) => {
    socket.setTimeout ??= () => socket;
  });
  const call = (path: string, init?: RequestInit) => inject(server, path, init);
  return {
    server,
    store,
    storage,
    stagingDir,
    call,
    upload(csv, fields = {}) {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set('file', new File([csv as string], 'products.csv', { type: 'text/csv' }));
      return call('/api/upload', { method: 'POST', body: form });
    },
  };
}

function allowingThisMachine(): Config {
  const { config, problems } = readConfig({ PIXMILL_ALLOW_ADDRESSES: '127.0.0.1' }, '');
  return config ?? assert.fail(problems.join());
}

async function inject(server: Server, url: string, init?: RequestInit): Promise<Response> {
  // For the headers that belong to a body: the type of a form with its boundary.
  const sent = new Request('http://pixmill.example', init);
  const payload = sent.body ? { payload: Buffer.from(await sent.arrayBuffer()) } : {};
  const method = sent.method as 'GET';
  const { statusCode, headers, rawPayload } = await server.inject({
    method,
    url,
    headers: {
      ...Object.fromEntries(sent.headers),
      ...(init?.method === 'POST' && !sent.body && { 'content-length': '0' }),
    },
    ...payload,
  });
  const received = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  const hasBody = rawPayload.length > 0 && statusCode !== 204 && statusCode !== 304;
  return new Response(hasBody ? new Uint8Array(rawPayload) : null, { status: statusCode, headers: received });
}

/** Keys as a server knows them; one of a customer is written `customer:KEY`. */
export function knownKeys(...entries: string[]): KnownKey[] {
  return apiKeys(entries.join()).map(({ key, customer }) => ({
    key,
    owner: customer === null ? ownerOfKey(key) : ownerOfCustomer(customer),
  }));
}

/** A page as `web/build.ts` leaves it, though a small one. @returns its folder */
export function builtPage(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<title>Pixmill</title>');
  writeFileSync(join(folder, 'assets/page-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'assets/page-1a2b.js.gz'), gzipSync('export {};'));
  return folder;
}
