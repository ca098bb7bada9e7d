import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Limits } from '../domain/limits.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracing } from '../observability/tracing.ts';
import type { AcceptUpload } from '../pipeline/accept-upload.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { RequestStore } from '../pipeline/ports/store.ts';
import type { ImageLinks } from '../results/image-links.ts';

/** What the API needs from the rest of the program. */
export interface HttpTools {
  store: RequestStore;
  storage: ImageStorage;
  acceptUpload: AcceptUpload;
  /** Folder for uploads on their way in; nothing stays there. */
  stagingDir: string;
  limits: Pick<Limits, 'csvBytes' | 'tableMs' | 'tableBytes'>;
  /** Base of the addresses that we hand out, without a slash at the end; known only once we listen. */
  publicUrl(): string;
  /** How addresses of images are made and checked. */
  links: ImageLinks;
  /** Whether a caller with a signed address is sent on to the bucket, instead of getting the bytes from us. */
  redirectToStorage: boolean;
  /** CSVs that are read at once; further uploads wait their turn. */
  maxUploadsAtOnce?: number;
  /** Longest time for the head of a call. */
  headersMs?: number;
  /** None: everybody may use the server. */
  apiKeys: string[];
  /** Calls a minute of one key or address; 0: any number. */
  callsPerMinute: number;
  /** Whether the address of a caller is what a proxy says. */
  trustProxy: boolean;
  /** Origins whose pages may call the API; none: only our own. */
  corsOrigins: string[];
  metrics: Metrics;
  tracing: Tracing;
  now(): number;
  log: FastifyBaseLogger;
  version: string;
  /** Throws where the database or the storage cannot be reached. */
  ready(): Promise<void>;
  /** Whether new uploads are to be put off. */
  overloaded?(): Promise<boolean> | boolean;
}

export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose requests the caller may see: '' where no keys are in use. */
    owner: string;
  }
}
