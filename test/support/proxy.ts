import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atTheEnd } from './at-the-end.ts';

export interface Proxy {
  url: string;
  /** Where calls go, in turn. */
  targets: string[];
}

/** A reverse proxy like the one of compose.yaml; gone when the surrounding test ends. */
export async function startProxy(): Promise<Proxy> {
  const targets: string[] = [];
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers, socket } = incoming;
    const target = `${targets[turn++ % targets.length]}${url}`;
    const forwarded = { ...headers, 'x-forwarded-for': socket.remoteAddress, 'x-forwarded-proto': 'http' };
    const call = request(target, { method, headers: forwarded }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    call.on('error', () => outgoing.destroy());
    outgoing.on('close', () => call.destroy());
    incoming.pipe(call);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, targets };
}
