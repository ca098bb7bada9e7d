import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Limits } from '../../domain/limits.ts';
import { Problem } from '../../domain/problem.ts';
import { readUploadOptions } from '../../domain/upload-options.ts';
import type { AcceptUpload, UploadAnswer } from '../../pipeline/upload.ts';
import { IMAGE_PATH } from '../../results/image-links.ts';
import { type TableThreads, tableThreads } from '../../tables/thread/table-threads.ts';
import { unpackingFiles } from '../../tables/unpack.ts';
import { UploadFormSchema, UploadQuerySchema } from '../option-schemas.ts';
import { json, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { named } from '../schema-members.ts';
import { UploadSchema } from '../schemas.ts';
import { serializeUpload } from '../serialize.ts';
import type { Server } from '../server-type.ts';
import { stageUpload } from '../staged-upload.ts';
import { createUploadLimiter, type UploadPlace } from '../upload-limiter.ts';
import { arrivingAtLeast } from '../upload-rate.ts';

/** CSVs read at once where nothing else is configured: reading one keeps a core busy. */
const AT_ONCE = 2;
/** Uploads that may be on their way, each with a whole CSV on disk; one customer alone gets half of the places. */
const PLACES = 104;

/** Of a form beside its file, whose fields are bounded one by one. */
const FORM_BYTES = 1_000_000;

/** How long a refused client may go on sending. */
const REST_MS = 60_000;

const DESCRIPTION = `Takes a table of products with image links and starts compressing: a CSV, an Excel workbook (\`.xlsx\`), an OpenDocument
spreadsheet (\`.ods\`), JSON, JSON Lines, or a product feed for Google Merchant Center in XML, each also as \`.gz\` or \`.zip\`.

The file goes into the field \`file\`; of a workbook the first sheet with image links is read, or the one named in \`sheet\`. The request keeps running when the client goes away.
With the header \`Idempotency-Key\` the same upload, sent again within a day, gives the first request again.`;

const UploadHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description: 'The same key and the same upload give the same request, for a day.',
      examples: ['monday'],
    }),
  ),
});

export interface Uploads {
  acceptUpload: AcceptUpload;
  /** Folder for uploads on their way in; nothing stays there. */
  stagingDir: string;
  limits: Pick<Limits, 'csvBytes' | 'tableMs' | 'tableBytes' | 'uploadRate'>;
  publicUrl(): string;
  /** CSVs that are read at once; further uploads wait. */
  maxUploadsAtOnce?: number | undefined;
  /** How long an upload may take to gather speed. */
  uploadGraceMs?: number | undefined;
  /** Whether new uploads are to be put off. */
  overloaded?: (() => Promise<boolean> | boolean) | undefined;
}

/** POST /api/upload. */
export async function uploadRoutes(server: Server, options: Uploads): Promise<void> {
  await server.register(multipart, { throwFileSizeLimit: false });
  const atOnce = options.maxUploadsAtOnce ?? AT_ONCE;
  const limiter = createUploadLimiter(atOnce, Math.max(PLACES, 2 * atOnce));
  const threads = tableThreads(options.limits);
  server.addHook('onClose', () => threads.close());

  for (const { url, ...doc } of routePaths('upload', DESCRIPTION, '/api/upload', '/api/upload-csv', '/upload')) {
    server.post(
      url,
      {
        schema: {
          ...doc,
          tags: ['Requests'],
          summary: 'Upload a CSV',
          consumes: ['multipart/form-data'],
          headers: UploadHeaders,
          querystring: UploadQuerySchema,
          body: named(UploadFormSchema),
          response: responses(
            { 200: json('Accepted. `Location` is the address of the status.', UploadSchema) },
            'file_missing',
            'several_files',
            'invalid_multipart',
            'unsupported_media_type',
            'csv_too_large',
            'csv_invalid',
            'missing_columns',
            'invalid_option',
            'unknown_field',
            'invalid_webhook_url',
            'idempotency_conflict',
            'quota_exceeded',
            'upload_too_slow',
            'overloaded',
            'disk_full',
          ),
        },
        // The form is read from the stream, and the options from wherever they stand, by one reader.
        validatorCompiler: () => () => true,
      },
      async (request, reply) => {
        if (await options.overloaded?.()) throw new Problem('overloaded');
        refuseLarger(request, options.limits.csvBytes);
        const place = limiter.acquire(request.owner);
        try {
          const answer = await acceptForm(request, options, threads, place);
          if (answer.requestId) {
            reply.header('location', `${options.publicUrl()}/api/status/${answer.requestId}`);
            const { requestId, productsTotal: products, imagesTotal: images } = answer;
            request.log.info({ request_id: requestId, products, images }, 'upload accepted');
          }
          return serializeUpload(answer);
        } catch (error) {
          // It would go on sending for as long as the connection is there.
          if (error instanceof Problem && error.code === 'upload_too_slow') reply.header('connection', 'close');
          throw error;
        } finally {
          place.release();
        }
      },
    );
  }
}

/** Stages the form, waits until it may be read, has it unpacked and accepted; the staged files are gone afterwards. */
async function acceptForm(
  request: FastifyRequest,
  { acceptUpload, stagingDir, limits, publicUrl, uploadGraceMs }: Uploads,
  threads: TableThreads,
  place: UploadPlace,
): Promise<UploadAnswer> {
  const idempotencyKey = readIdempotencyKey(request);
  checkMediaType(request);
  const file = join(stagingDir, `upload-${randomUUID()}`);
  const unpacked = `${file}-unpacked`;
  // Nobody reads on for a client that is gone.
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  request.socket.once('close', leave);
  const staging = stageUpload(request, file, limits.csvBytes);
  try {
    const staged = await arrivingAtLeast(limits.uploadRate, request.socket, staging, uploadGraceMs).catch(
      async (error) => {
        if (error.code !== 'upload_too_slow') await readToEnd(request.raw);
        throw error;
      },
    );
    // From here on the client only waits: its silence is no sign of a dead connection.
    request.socket.setTimeout(0);
    const { signal: left } = leaving;
    return await place.run(async () => {
      if (request.socket.destroyed) throw new Problem('bad_request', 'The client went away.');
      const { csvBytes } = limits;
      const { sheet } = readUploadOptions(staged.fields);
      const { path, format, ...table } = await threads.unpack(file, unpacked, staged.fileName, csvBytes, sheet, left);
      return acceptUpload({
        ...staged,
        fileName: table.name,
        bytes: table.bytes,
        read: (settings) => threads.read(path, { ...settings, format }, left),
        owner: request.owner,
        idempotencyKey,
        publicUrl: publicUrl(),
        linkBase: publicUrl() + IMAGE_PATH,
      });
    });
  } finally {
    request.socket.off('close', leave);
    const files = [file, ...unpackingFiles(unpacked)];
    const remove = () => Promise.all(files.map((path) => rm(path, { force: true })));
    await remove();
    // What comes too slowly may still be about to make its file.
    staging.finally(remove).catch(() => undefined);
  }
}

/**
 * What says of itself that it is larger than a file and all fields can be is refused before it comes.
 * @throws Problem `csv_too_large`
 */
function refuseLarger({ headers }: FastifyRequest, csvBytes: number): void {
  if (!(Number(headers['content-length']) > csvBytes + FORM_BYTES)) return;
  throw new Problem('csv_too_large', `The limit is ${csvBytes} bytes. Split the file and upload the parts.`);
}

/** A client that is still sending sees a broken connection instead of a response; so the rest is taken, and dropped. */
async function readToEnd(incoming: IncomingMessage): Promise<void> {
  incoming.unpipe();
  incoming.resume();
  await finished(incoming, { signal: AbortSignal.timeout(REST_MS) }).catch(() => undefined);
}

function readIdempotencyKey({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new Problem('bad_request', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
}

/** An older client that has no file sends an empty body, or its fields as a plain form or JSON. */
function checkMediaType(request: FastifyRequest): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const empty = request.headers['content-length'] === '0' || type === undefined;
  if (empty || type === 'application/x-www-form-urlencoded' || type === 'application/json') {
    throw new Problem(
      'file_missing',
      'Send the CSV or .xlsx as a file in the form field "file" (multipart/form-data).',
    );
  }
  if (!request.isMultipart()) throw new Problem('unsupported_media_type', `This was ${type}.`);
}
