import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { InjectOptions } from 'fastify';
import pino from 'pino';
import { v7 } from 'uuid';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';
import type { Server } from '../../src/http/server-type.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { NO_TRACING } from '../../src/observability/tracing.ts';
import { acceptUpload } from '../../src/pipeline/accept-upload.ts';
import type { ImageStorage } from '../../src/pipeline/ports/storage.ts';
import type { RequestStore } from '../../src/pipeline/ports/store.ts';
import { LASTING_LINKS } from '../../src/results/image-links.ts';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import { atTheEnd } from './at-the-end.ts';
import { sqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { UNWATCHED } from './unwatched.ts';

export interface HttpServer {
  server: Server;
  store: RequestStore;
  storage: ImageStorage;
  /** Where uploads lie while they arrive. */
  stagingDir: string;
}

/** The API over a real store and real files, without a worker, closed when the surrounding test or test file ends. */
export async function httpServer(options: Partial<ServerOptions> = {}): Promise<HttpServer> {
  const { store } = await sqliteStore();
  const stagingDir = temporaryFolder();
  const storage = createFileStorage({ root: join(temporaryFolder(), 'images'), folders: 'by-request' });
  const server = await createServer({
    store,
    storage,
    acceptUpload: acceptUpload({
      store,
      watch: UNWATCHED,
      limits: options.limits ? { ...DEFAULT_LIMITS, ...options.limits } : DEFAULT_LIMITS,
      now: Date.now,
      webhookProblem: () => undefined,
      defaultWebhookUrl: null,
      storagePublicUrl: null,
      newId: v7,
    }),
    stagingDir,
    limits: DEFAULT_LIMITS,
    publicUrl: () => 'http://pixmill.example',
    links: LASTING_LINKS,
    redirectToStorage: false,
    apiKeys: [],
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
  });
  atTheEnd(() => server.close());
  return { server, store, storage, stagingDir };
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

type FormValue = string | File;

/** What to inject for a form; a field may come more than once. */
export async function formPost(
  url: string,
  fields: Record<string, FormValue> | [name: string, value: FormValue][],
  headers: Record<string, string> = {},
): Promise<InjectOptions & { method: 'POST'; headers: Record<string, string>; payload: Buffer }> {
  const form = new FormData();
  for (const [name, value] of Array.isArray(fields) ? fields : Object.entries(fields)) form.append(name, value);
  const encoded = new Response(form);
  const type = encoded.headers.get('content-type') ?? '';
  return {
    method: 'POST',
    url,
    headers: { 'content-type': type, ...headers },
    payload: Buffer.from(await encoded.arrayBuffer()),
  };
}
