import { readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import S3rver from 's3rver';
import { atTheEnd } from './at-the-end.ts';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What the SDK of a process that talks to this server must find in its environment. */
export const S3_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };

export interface S3Server {
  endpoint: string;
  /** Breaks every connection and takes no more. */
  kill(): Promise<void>;
  /** Serves again what was stored before. */
  start(): Promise<void>;
  /** Whether it answers every call with 503, as S3 does under too much load ("Slow Down"). */
  overloaded: boolean;
  /** The size of everything that is stored, by the last part of its key. */
  stored(): Map<string, number>;
}

/** An S3 server on this machine with one bucket, `images`; gone when the test file ends. @returns its address */
export async function startS3(): Promise<string> {
  return (await startS3Server()).endpoint;
}

/** The same where a test wants more of it than its address. */
export async function startS3Server(): Promise<S3Server> {
  const server = await openS3(temporaryFolder());
  atTheEnd(() => server.kill());
  return server;
}

const OBJECT = '._S3rver_object';

/** One that can fail, for those who end it themselves. @param directory for what is stored */
export async function openS3(directory: string): Promise<S3Server> {
  const s3 = new S3rver({ silent: true, directory, configureBuckets: [{ name: 'images', configs: [] }] });
  await s3.configureBuckets();
  const serve = s3.callback();
  const port = await freePort();
  let http: Server | undefined;
  const server: S3Server = {
    endpoint: `http://127.0.0.1:${port}`,
    overloaded: false,
    stored() {
      const files = readdirSync(join(directory, 'images'), { recursive: true, encoding: 'utf8' });
      // s3rver's own files lie beside them.
      const objects = files.filter((path) => path.endsWith(OBJECT));
      return new Map(objects.map((path) => [basename(path, OBJECT), statSync(join(directory, 'images', path)).size]));
    },
    async kill() {
      const closed = new Promise((resolve) => http?.close(resolve));
      http?.closeAllConnections();
      await closed;
    },
    async start() {
      http = createServer((request, response) => {
        if (!server.overloaded) serve(request, response);
        else response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
      });
      await new Promise<void>((resolve) => http?.listen(port, '127.0.0.1', resolve));
    },
  };
  await server.start();
  return server;
}
