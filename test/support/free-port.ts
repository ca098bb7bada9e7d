import { createServer } from 'node:net';

/**
 * A port for a server that a test ends and starts again. Below those that systems give to outgoing connections: while
 * nobody listens, such a connection could take the port, even one that was meant to reach the server.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
