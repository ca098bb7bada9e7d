import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ImageFailure } from '../../src/domain/failure.ts';
import { createOutbound, type OutboundSettings } from '../../src/outbound/outbound.ts';
import { atTheEnd } from './at-the-end.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
let files = 0;

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** An image host on this machine, by path; all headers that it was sent are kept. Closed when the test file ends. */
export async function startHost(behaviours: Record<string, Behaviour>) {
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    const behave = behaviours[request.url ?? ''] ?? behaviours[request.url?.split('?')[0] ?? ''];
    if (behave) behave(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, headers };
}

/** Downloads as the program makes them, with what a user would see of each. Closed when the test file ends. */
export function fetcher(settings: Partial<OutboundSettings> = {}) {
  const outbound = createOutbound({
    allowAddresses: ['127.0.0.1'],
    userAgent: 'Pixmill/test',
    downloads: 32,
    downloadsPerHost: 8,
    limits: { imageBytes: 100_000, firstByteMs: 5_000, downloadMs: 5_000, redirects: 5 },
    ...settings,
  });
  atTheEnd(() => outbound.close());
  const options = (customer: string) => ({
    priority: files,
    customer,
    signal: new AbortController().signal,
    whenRoom: async () => undefined,
  });
  return {
    outbound,
    /** What is downloaded, with its text. @throws ImageFailure */
    async get(link: string, customer = '') {
      const file = join(folder, String(files++));
      const image = await outbound.fetchImage(new URL(link), file, options(customer));
      return { ...image, text: readFileSync(file, 'latin1') };
    },
    /** Code and message of what must fail. */
    async failure(link: string, customer = ''): Promise<ImageFailure> {
      try {
        await outbound.fetchImage(new URL(link), join(folder, String(files++)), options(customer));
      } catch (error) {
        if (error instanceof ImageFailure) return error;
        throw error;
      }
      throw new Error(`${link} was downloaded`);
    },
  };
}
