/** An image host in a process of its own that counts how often each link is asked for; its own program where it is started. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Counted {
  links: number;
  /** How often the link was asked for that was asked for most often. */
  most: number;
}

/** @param delay before each answer, in milliseconds */
export async function startCountingOrigin(picture: Uint8Array, delay: number) {
  const child = fork(import.meta.filename);
  child.send({ picture: Buffer.from(picture).toString('base64'), delay });
  const [url] = (await once(child, 'message')) as [string];
  return {
    url,
    async asked(): Promise<Counted> {
      child.send('count');
      return ((await once(child, 'message')) as [Counted])[0];
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** A CSV of that many products with one link each, none twice. */
export function csvOf(url: string, images: number): string {
  const rows = Array.from({ length: images }, (_, index) => `${index},Mug ${index},${url}/a.jpg?${index}`);
  return `S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const [{ picture, delay }] = (await once(process, 'message')) as [{ picture: string; delay: number }];
  const bytes = Buffer.from(picture, 'base64');
  const asked = new Map<string, number>();
  const server = createServer(({ url = '' }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1);
    setTimeout(() => response.end(bytes), delay);
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.on('message', () => {
    process.send?.({ links: asked.size, most: Math.max(...asked.values()) });
  });
}
