import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { Type } from 'typebox';
import { DifferentNames } from '../../domain/file-name.ts';
import { Problem } from '../../domain/problem.ts';
import { MAIN } from '../../domain/renditions.ts';
import { FirstSeen } from '../../pipeline/first-seen.ts';
import type { ImageStorage } from '../../pipeline/ports/storage.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import type { RequestRecord } from '../../pipeline/ports/store/records.ts';
import type { RowQueries } from '../../pipeline/ports/store/rows.ts';
import { handedOnName, keyOf } from '../../results/handed-on.ts';
import { productPages } from '../../results/product-pages.ts';
import { findRecord } from '../find-request.ts';
import { content, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams } from '../schemas.ts';
import '../route-config.ts';
import { asDownload, sendStream } from '../send-stream.ts';
import type { Server } from '../server-type.ts';
import { type ZipFile, zipStream } from '../zip-stream.ts';

const DESCRIPTION = `All images that are done, in one ZIP file. Streamed, however many there are. Where names clash, the later
one gets \`-2\` and so on.`;

const Query = Type.Object({
  rendition: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Name of a further rendition: that one of each image, instead of the main picture (`main`).',
    }),
  ),
});

export interface Archive {
  store: Pick<RequestQueries, 'findRequest'> & Pick<RowQueries, 'products'>;
  storage: Pick<ImageStorage, 'find'>;
  /** Folder for temporary files; nothing stays there. */
  stagingDir: string;
}

/** GET /api/requests/{id}/images.zip. */
export async function archiveRoutes(server: Server, { store, storage, stagingDir }: Archive): Promise<void> {
  for (const { url, ...doc } of routePaths('downloadImages', DESCRIPTION, '/api/requests/:id/images.zip')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'All images as a ZIP file',
      params: IdParams,
      querystring: Query,
      response: responses(
        { 200: content('The archive.', 'application/zip') },
        'request_not_found',
        'invalid_parameter',
        'too_many_readers',
      ),
    };
    server.get(url, { schema, config: { readers: 'archivesAtOnce' } }, async (httpRequest, reply) => {
      const record = await findRecord(store, httpRequest);
      const { rendition = MAIN } = httpRequest.query;
      refuseUnknownRendition(record, rendition);
      asDownload(reply, record.fileName, rendition === MAIN ? 'images.zip' : `${rendition}.zip`);
      const spool = join(stagingDir, `zip-${randomUUID()}`);
      const files = imageFiles(store, storage, record, rendition, httpRequest.log);
      return sendStream(httpRequest, reply, 'application/zip', zipStream(files, spool));
    });
  }
}

function refuseUnknownRendition({ options }: RequestRecord, rendition: string): void {
  const names = [MAIN, ...(options.renditions ?? []).map(({ name }) => name)];
  if (names.includes(rendition)) return;
  throw new Problem('invalid_parameter', `"rendition" must be one of ${names.join(', ')}.`);
}

/** Every stored image once, although several products may share it. */
async function* imageFiles(
  store: Archive['store'],
  storage: Archive['storage'],
  record: RequestRecord,
  rendition: string,
  log: FastifyBaseLogger,
): AsyncGenerator<ZipFile> {
  const seen = new FirstSeen();
  const names = new DifferentNames();
  for await (const page of productPages(store, record, { names: false, cells: false })) {
    for (const image of page.flatMap(({ images }) => images)) {
      const { number } = image;
      const key = keyOf(image, rendition);
      if (key === null || seen.add(key, number) !== null) continue;
      const stored = await storage.find(key);
      // Somebody removed the file: the others are still worth having, and a broken download would not bring it back.
      if (!stored) log.error({ key }, 'a stored image is missing');
      else {
        const { size, modifiedAt } = stored;
        yield { name: handedOnName(key, names), size, modifiedAt, read: () => stored.read() };
      }
    }
  }
}
