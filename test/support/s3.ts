import { after } from 'node:test';
import S3rver from 's3rver';
import { temporaryFolder } from './temporary-folder.ts';

/** What the SDK of a process that talks to this server must find in its environment. */
export const S3_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };

/** An S3 server on this machine with one bucket, `images`; gone when the test file ends. @returns its address */
export async function startS3(): Promise<string> {
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: temporaryFolder(),
    configureBuckets: [{ name: 'images', configs: [] }],
  });
  const { port } = await server.run();
  after(() => server.close());
  return `http://127.0.0.1:${port}`;
}
