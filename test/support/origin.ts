import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atTheEnd } from './at-the-end.ts';

export interface Origin {
  url: string;
  close(): void;
  /** How often each path was asked for. */
  asked: Map<string, number>;
}

type Images = Record<string, Uint8Array | ((request: IncomingMessage, response: ServerResponse) => void)>;

/** An image host on this machine; paths that are not named are dead links. Closed when the test file ends. */
export async function startOrigin(images: Images): Promise<Origin> {
  const origin = await openOrigin(images);
  atTheEnd(origin.close);
  return origin;
}

/** The same for those who close it themselves. */
export async function openOrigin(images: Images): Promise<Origin> {
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.set(path, (asked.get(path) ?? 0) + 1);
    // A query makes a link of its own out of the same image.
    const image = images[path] ?? images[path.split('?')[0] ?? ''];
    if (typeof image === 'function') image(request, response);
    else if (image) response.end(image);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}
