/** An image host in a process of its own: node bench/origin.ts FOLDER [delay in ms]. Says where it listens. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const [folder = '.', delay = '0'] = process.argv.slice(2);
const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

const server = createServer((request, response) => {
  const name =
    decodeURIComponent((request.url ?? '/').split('?')[0] ?? '')
      .split('/')
      .at(-1) ?? '';
  const bytes = files.get(name);
  if (!bytes) {
    response.writeHead(404).end();
    return;
  }
  const answer = () => response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  if (delay === '0') answer();
  else setTimeout(answer, Number(delay));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
