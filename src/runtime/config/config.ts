import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { ApiKey } from '../../domain/customer.ts';
import type { Limits } from '../../domain/limits.ts';
import { type TracingSettings, tracingSettings } from '../../observability/tracing-settings.ts';
import type { Sources } from '../../outbound/sources.ts';
import type { S3Address } from '../../storage/s3-address.ts';
import { conflictsOf } from './conflicts.ts';
import { withFiles } from './file-variables.ts';
import type { TrustedProxies, Variable } from './readers.ts';
import { SECRETS } from './secret-names.ts';
import { type LogLevel, type Role, VARIABLES } from './variables.ts';

export interface Config {
  host: string;
  /** 0: any free port; null: nothing listens. */
  port: number | null;
  /** Base of the addresses that we hand out, without a slash at the end; null: where we listen. */
  publicUrl: string | null;
  dataDir: string;
  imagesDir: string;
  imageFolders: 'by-request' | 'flat';
  /** Null: SQLite in the data folder, for one process. */
  databaseUrl: string | null;
  /** Works also with a database that may lose what it has acknowledged. */
  unsafeDatabase: boolean;
  /** Null: files in the data folder. */
  storageUrl: S3Address | null;
  /** Where the world finds what is in the storage, without a slash at the end; null: at `/api/image/`. */
  storagePublicUrl: string | null;
  /** How long a link to an image is good; null: for ever. */
  signedUrlsMs: number | null;
  /** Sends callers with a signed link on to the bucket. */
  storageRedirect: boolean;
  role: Role;
  apiKeys: ApiKey[];
  operatorKeys: string[];
  requestsPerMinute: number;
  sessionMs: number;
  trustProxy: TrustedProxies;
  corsOrigins: string[];
  allowAddresses: string[];
  /** What the operator says about single image hosts. */
  sources: Sources;
  /** Null: made once, kept in the database. */
  webhookSecret: string | null;
  /** Whether messages of customers with a name carry the server's signature, too. */
  webhookShared: boolean;
  webhookUrl: string | null;
  /** 0: kept for ever. */
  retentionDays: number;
  /** Removes stored files that belong to no image. */
  removeOrphans: boolean;
  decoders: number;
  /** Decodes pictures with the rights of root where there is no way to give them up. */
  decodeAsRoot: boolean;
  downloads: number;
  downloadsPerHost: number;
  lookups: number;
  stopSeconds: number;
  logLevel: LogLevel;
  userAgent: string;
  /** Null: no spans are made. */
  tracing: TracingSettings | null;
  limits: Limits;
}

export interface ConfigCheck {
  /** Undefined where there are problems. */
  config: Config | undefined;
  /** Reasons not to start, each naming its variable. */
  problems: string[];
  /** Worth saying, no reason not to start. */
  warnings: string[];
}

/** The environment, with what a `.env` file in the working folder adds. The only place that reads either. */
export function environment(): NodeJS.ProcessEnv {
  let fromFile: NodeJS.Dict<string> = {};
  try {
    fromFile = parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Where spans are sent, their exporter reads from the process itself.
  for (const name of Object.keys(fromFile).filter((key) => key.startsWith('OTEL_')))
    process.env[name] ??= fromFile[name];
  const { env, problems } = withFiles({ ...fromFile, ...process.env });
  // Those of the S3 SDK, which reads from the process as well.
  for (const name of Object.keys(env).filter((key) => key.startsWith('AWS_'))) process.env[name] ??= env[name];
  // What cannot be read stays as it was, for `readConfig` to say so.
  return problems.length === 0 ? env : { ...fromFile, ...process.env };
}

/** Reads the configuration and reports everything that is wrong with it at once. */
export function readConfig(given: NodeJS.ProcessEnv, version: string): ConfigCheck {
  const { env, problems } = withFiles(given);
  const read = <Name extends keyof typeof VARIABLES>(name: Name): ReturnType<(typeof VARIABLES)[Name]['read']> => {
    const { preset, read } = VARIABLES[name] as Variable<ReturnType<(typeof VARIABLES)[Name]['read']>>;
    const value = env[name]?.trim() || preset;
    try {
      return read(value);
    } catch (error) {
      const shown = SECRETS.test(name) ? '' : ` (it is "${value}")`;
      problems.push(`${name} ${(error as Error).message}${shown}.`);
      return read(preset);
    }
  };

  const tracing = () => {
    try {
      return tracingSettings(env);
    } catch (error) {
      problems.push(`${(error as Error).message}.`);
      return null;
    }
  };

  const host = read('PIXMILL_HOST');
  const dataDir = read('PIXMILL_DATA_DIR');
  const config: Config = {
    host,
    port: read('PIXMILL_PORT'),
    publicUrl: read('PIXMILL_PUBLIC_URL'),
    dataDir,
    imagesDir: resolve(dataDir, 'images'),
    imageFolders: 'by-request',
    databaseUrl: read('PIXMILL_DATABASE_URL'),
    unsafeDatabase: read('PIXMILL_UNSAFE_DATABASE'),
    storageUrl: read('PIXMILL_STORAGE_URL'),
    storagePublicUrl: read('PIXMILL_STORAGE_PUBLIC_URL'),
    signedUrlsMs: read('PIXMILL_SIGNED_URLS'),
    storageRedirect: read('PIXMILL_STORAGE_REDIRECT'),
    role: read('PIXMILL_ROLE'),
    apiKeys: read('PIXMILL_API_KEYS'),
    operatorKeys: read('PIXMILL_OPERATOR_KEYS'),
    requestsPerMinute: read('PIXMILL_RATE_LIMIT'),
    sessionMs: read('PIXMILL_SESSION_HOURS') * 3_600_000,
    trustProxy: read('PIXMILL_TRUST_PROXY'),
    corsOrigins: read('PIXMILL_CORS_ORIGINS'),
    allowAddresses: read('PIXMILL_ALLOW_ADDRESSES'),
    sources: read('PIXMILL_SOURCES'),
    webhookSecret: read('PIXMILL_WEBHOOK_SECRET'),
    webhookShared: read('PIXMILL_WEBHOOK_SHARED'),
    webhookUrl: read('PIXMILL_WEBHOOK_URL'),
    retentionDays: read('PIXMILL_RETENTION_DAYS'),
    removeOrphans: read('PIXMILL_REMOVE_ORPHANS'),
    decoders: read('PIXMILL_CONCURRENCY') || availableParallelism() + 1,
    decodeAsRoot: read('PIXMILL_DECODE_AS_ROOT'),
    downloads: read('PIXMILL_DOWNLOADS'),
    downloadsPerHost: read('PIXMILL_DOWNLOADS_PER_HOST'),
    lookups: read('PIXMILL_LOOKUPS'),
    stopSeconds: read('PIXMILL_STOP_SECONDS') / 1_000,
    logLevel: read('PIXMILL_LOG_LEVEL'),
    userAgent: read('PIXMILL_USER_AGENT') || `Pixmill/${version} (image compression for shops)`,
    tracing: tracing(),
    limits: {
      csvBytes: read('PIXMILL_MAX_CSV_BYTES'),
      columns: read('PIXMILL_MAX_COLUMNS'),
      tableMs: read('PIXMILL_MAX_TABLE_SECONDS'),
      tableBytes: read('PIXMILL_MAX_TABLE_MEMORY'),
      storedPerByte: read('PIXMILL_MAX_STORED_PER_BYTE'),
      imagesPerRequest: read('PIXMILL_MAX_IMAGES'),
      urlsPerProduct: read('PIXMILL_MAX_URLS_PER_PRODUCT'),
      urlLength: read('PIXMILL_MAX_URL_LENGTH'),
      imageBytes: read('PIXMILL_MAX_IMAGE_BYTES'),
      lookupMs: read('PIXMILL_MAX_LOOKUP_SECONDS'),
      firstByteMs: read('PIXMILL_MAX_FIRST_BYTE_SECONDS'),
      downloadMs: read('PIXMILL_MAX_DOWNLOAD_SECONDS'),
      redirects: read('PIXMILL_MAX_REDIRECTS'),
      pixels: read('PIXMILL_MAX_PIXELS'),
      frames: read('PIXMILL_MAX_FRAMES'),
      decodeMs: read('PIXMILL_MAX_DECODE_SECONDS'),
      decoderBytes: read('PIXMILL_MAX_DECODER_BYTES'),
      tries: read('PIXMILL_MAX_TRIES'),
      backlog: read('PIXMILL_MAX_BACKLOG'),
      imagesPerDay: read('PIXMILL_MAX_IMAGES_PER_DAY'),
      openRequests: read('PIXMILL_MAX_OPEN_REQUESTS'),
      archivesAtOnce: read('PIXMILL_MAX_ARCHIVES'),
      eventStreamsAtOnce: read('PIXMILL_MAX_EVENT_STREAMS'),
      tablesAtOnce: read('PIXMILL_MAX_RESULT_READERS'),
      uploadRate: read('PIXMILL_MIN_UPLOAD_RATE'),
    },
  };
  const conflicts = conflictsOf(config, !read('PIXMILL_AUTH'));
  problems.push(...conflicts.problems);
  const unknown = Object.keys(env).filter((name) => name.startsWith('PIXMILL_') && !(name in VARIABLES));
  const warnings = [...unknown.map((name) => `${name} is not a variable that Pixmill knows.`), ...conflicts.warnings];
  return { config: problems.length > 0 ? undefined : config, problems, warnings };
}
