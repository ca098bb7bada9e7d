import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import pino from 'pino';
import { readConfig } from '../../src/runtime/config/config.ts';
import { openInfrastructure } from '../../src/runtime/infrastructure.ts';
import { listed } from '../contracts/storage-contract.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { S3_CREDENTIALS } from '../support/s3.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

Object.assign(process.env, S3_CREDENTIALS);

test('a stop gives up the connections to the bucket, too', { timeout: 20_000 }, async () => {
  // By itself it would not end a connection for a long while.
  const bucket = createServer({ keepAliveTimeout: 600_000 }, (_, response) =>
    response.setHeader('content-type', 'application/xml').end('<ListBucketResult></ListBucketResult>'),
  );
  const sockets: Socket[] = [];
  bucket.on('connection', (socket) => sockets.push(socket));
  bucket.listen(0, '127.0.0.1');
  await once(bucket, 'listening');
  atTheEnd(() => {
    bucket.closeAllConnections();
    bucket.close();
  });
  const { config } = readConfig(
    {
      PIXMILL_DATA_DIR: temporaryFolder(),
      PIXMILL_STORAGE_URL: `s3://images?endpoint=http://127.0.0.1:${(bucket.address() as AddressInfo).port}`,
    },
    '',
  );
  assert.ok(config);
  const { storage, close } = await openInfrastructure(config, Date.now, pino({ level: 'silent' }));
  assert.deepEqual(await listed(storage), []);
  const open = sockets.at(-1) ?? assert.fail();
  assert.equal(open.closed, false);
  const closed = once(open, 'close');
  await close();
  await closed;
});
