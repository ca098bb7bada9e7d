import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SAMPLE_IMAGES } from './draw-images.ts';

const TYPES: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp', gif: 'image/gif' };

/** A small image host on this machine that draws what it is asked for; everything else is a dead link. */
export async function startOrigin(port: number): Promise<{ url: string; close(): void }> {
  const drawn = new Map<string, Promise<Buffer>>();
  const server = createServer(async (request, response) => {
    const file = decodeURIComponent(new URL(request.url ?? '/', 'http://origin').pathname.slice(1));
    const image = SAMPLE_IMAGES.find((sample) => sample.file === file);
    if (!image) {
      response.writeHead(404).end('There is no such image.');
      return;
    }
    const bytes = drawn.get(file) ?? image.draw();
    drawn.set(file, bytes);
    response.writeHead(200, { 'content-type': TYPES[file.split('.').at(-1) ?? ''] }).end(await bytes);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.closeAllConnections() ?? server.close(),
  };
}
