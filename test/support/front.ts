import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { atTheEnd } from './at-the-end.ts';

/** What a proxy does to one call: it gets the whole answer of the server behind, and answers as it likes. */
export type Meddle = (
  call: { method: string; path: string; times: number },
  answer: Response,
  response: ServerResponse,
) => Promise<void> | void;

/** A proxy in front of a server that misbehaves as told. @returns its address */
export async function startFront(url: string, meddle: Meddle): Promise<string> {
  const seen = new Map<string, number>();
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/', headers } = request;
    const times = (seen.get(`${method} ${path}`) ?? 0) + 1;
    seen.set(`${method} ${path}`, times);
    const body = method === 'POST' ? await buffer(request) : undefined;
    const sent = Object.entries(headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name));
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const init = { method, headers: sent as [string, string][], signal: gone.signal };
    await meddle({ method, path, times }, await fetch(url + path, body ? { ...init, body } : init), response);
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Gives the answer on as it came, once all of it is there. */
export async function passOn(answer: Response, response: ServerResponse): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, [...answer.headers].filter(([name]) => name !== 'transfer-encoding').flat());
  response.end(body);
}
