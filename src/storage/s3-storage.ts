import { readFile, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { FORMATS } from '../domain/formats.ts';
import { parseImageKey } from '../domain/image.ts';
import { isBrokenConnection, Unavailable } from '../domain/unavailable.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { S3Address } from './s3-address.ts';

/** The most keys that S3 takes in one call ("DeleteObjects": "up to 1,000"). */
const KEYS_AT_ONCE = 1_000;

/** A name never gets other bytes, so whoever has them may keep them. */
const CACHE_CONTROL = 'public, max-age=31536000, immutable';

/**
 * Images in a bucket, `<prefix>/<tag>/<key>`. The SDK takes the credentials from where it always looks (environment,
 * profile, the machine's role) and repeats calls that failed for reasons that pass.
 */
export function createS3Storage({ bucket, prefix, endpoint, region }: S3Address): ImageStorage {
  const client = new S3Client({
    ...(region !== undefined && { region }),
    // Servers other than Amazon's seldom have a host name for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    // Amazon's newer checksums arrive as part of the bytes on servers that do not know them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
  });
  // Around every command, also those that a paginator sends.
  client.middlewareStack.add(
    (next) => async (command) => {
      try {
        return await next(command);
      } catch (error) {
        throw isAway(error) ? new Unavailable(`The bucket ${bucket} cannot be reached.`, { cause: error }) : error;
      }
    },
    { step: 'initialize', priority: 'high' },
  );

  function place(key: string): { Bucket: string; Key: string } | undefined {
    const parsed = parseImageKey(key);
    return parsed && { Bucket: bucket, Key: [prefix, parsed.tag, key].filter(Boolean).join('/') };
  }

  return {
    async put(key, file) {
      const target = place(key);
      const format = parseImageKey(key)?.format;
      if (!target || !format) throw new Error(`not a key of ours: ${key}`);
      // As one piece of memory: the SDK cannot repeat a stream, and compressed images are small.
      const Body = await readFile(file);
      await client.send(
        new PutObjectCommand({
          ...target,
          Body,
          ContentLength: Body.length,
          ContentType: FORMATS[format].contentType,
          CacheControl: CACHE_CONTROL,
        }),
      );
      await rm(file, { force: true });
    },

    async find(key) {
      const target = place(key);
      const head = target && (await client.send(new HeadObjectCommand(target)).catch(absent));
      if (!head) return undefined;
      return {
        size: head.ContentLength ?? 0,
        modifiedAt: head.LastModified ?? new Date(0),
        async read(range) {
          const Range = range && `bytes=${range.start}-${range.end}`;
          const { Body } = await client.send(new GetObjectCommand({ ...target, ...(Range && { Range }) }));
          return Body as Readable;
        },
      };
    },

    async *list() {
      const Prefix = prefix && `${prefix}/`;
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix })) {
        // Behind the prefix and the folder of the request.
        const keys = Contents.map(({ Key = '' }) => ({ Key, key: Key.slice(Key.indexOf('/', Prefix.length) + 1) }));
        // Others may keep things in the same bucket: only what lies where we would put it is ours.
        yield keys.filter(({ Key, key }) => place(key)?.Key === Key).map(({ key }) => key);
      }
    },

    async remove(keys) {
      const objects = keys.flatMap((key) => {
        const target = place(key);
        return target ? [{ Key: target.Key }] : [];
      });
      for (let start = 0; start < objects.length; start += KEYS_AT_ONCE) {
        const Delete = { Objects: objects.slice(start, start + KEYS_AT_ONCE), Quiet: true };
        const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
        const failed = Errors.filter(({ Code }) => Code !== 'NoSuchKey')[0];
        if (failed) throw new Error(`${failed.Key} could not be removed from the bucket: ${failed.Message}`);
      }
    },

    async presign(key, method, from, until) {
      const target = place(key);
      if (!target) throw new Error(`not a key of ours: ${key}`);
      // The method is part of what is signed.
      const command = method === 'HEAD' ? new HeadObjectCommand(target) : new GetObjectCommand(target);
      return getSignedUrl(client, command, { signingDate: new Date(from), expiresIn: (until - from) / 1000 });
    },

    async ping() {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket }));
      } catch (error) {
        const cause = error instanceof Unavailable ? error.cause : error;
        throw new StorageUnusable(`The bucket ${bucket} cannot be used: ${reason(cause)}.`, { cause });
      }
    },

    close: () => client.destroy(),
  };
}

/** The bucket cannot be used as it is; the message says why. */
class StorageUnusable extends Error {
  override readonly name = 'StorageUnusable';
}

/** Whether the bucket is overloaded, broken, out of reach or closed to us, and may come back. */
function isAway(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  // Rights that were taken away are given back, and no image is worse for it until then.
  const refused = status === 401 || status === 403;
  return name === 'TimeoutError' || refused || status === 429 || status >= 500 || isBrokenConnection(error);
}

/** The answer to a HEAD has no body, so the SDK knows no more than the status. */
function reason(cause: unknown): string {
  const { message, name, $metadata } = cause as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === 404) return 'it does not exist';
  if (status === 403) return 'the credentials do not allow it';
  if (status !== undefined) return `it answers with status ${status}`;
  const first = cause instanceof AggregateError ? (cause.errors[0] as Error) : undefined;
  return (first?.message || message || name).replace(/\.$/, '');
}

function absent(error: Error & { $metadata?: { httpStatusCode?: number } }): undefined {
  if (error.$metadata?.httpStatusCode === 404) return undefined;
  throw error;
}
