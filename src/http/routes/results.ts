import { Type } from 'typebox';
import { Problem } from '../../domain/problem.ts';
import { isFinished } from '../../domain/request.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import type { RowQueries } from '../../pipeline/ports/store/rows.ts';
import type { ImageLinks } from '../../results/image-links.ts';
import { importCsv, resultCsv } from '../../results/result-csv.ts';
import { findRecord } from '../find-request.ts';
import { content, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams } from '../schemas.ts';
import { asDownload, sendStream } from '../send-stream.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = `The uploaded CSV again, with the column \`Output Image Urls\`; of a workbook its first sheet, as a CSV.

With \`layout=import\` the new links stand in the image columns themselves, and no column is added: what the export of a
shop (Shopify, WooCommerce, Google Merchant) needs to be imported there again. A failed image keeps its old link.

Only of a finished request, unless \`partial=true\`: then the slots of pending images are empty.`;

const Query = Type.Object({
  layout: Type.Optional(
    Type.Unsafe<'result' | 'import'>({
      type: 'string',
      enum: ['result', 'import'],
      description: '`import`: the new links in the place of the old ones, to be imported into a shop.',
    }),
  ),
  partial: Type.Optional(Type.Boolean({ description: 'Also of a request that is still running.' })),
});

export interface Results {
  store: Pick<RequestQueries, 'findRequest'> & Pick<RowQueries, 'products'>;
  /** How the addresses of images are made. */
  links: ImageLinks;
}

/** GET /api/download/{id}. */
export async function resultsRoutes(server: Server, { store, links }: Results): Promise<void> {
  for (const { url, ...doc } of routePaths('downloadResults', DESCRIPTION, '/api/download/:id')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'The result CSV',
      params: IdParams,
      querystring: Query,
      response: responses(
        { 200: content('The CSV.', 'text/csv') },
        'request_not_found',
        'not_finished',
        'invalid_parameter',
      ),
    };
    server.get(url, { schema, config: { readers: 'tablesAtOnce' } }, async (httpRequest, reply) => {
      const record = await findRecord(store, httpRequest);
      if (!isFinished(record.status) && !httpRequest.query.partial) {
        throw new Problem('not_finished', 'Ask again when it is, or add ?partial=true for what is done so far.');
      }
      const importable = httpRequest.query.layout === 'import';
      asDownload(reply, record.fileName, importable ? 'import.csv' : 'compressed.csv');
      const csv = importable ? importCsv(store, record, links) : resultCsv(store, record, links);
      return sendStream(httpRequest, reply, 'text/csv; charset=utf-8', csv);
    });
  }
}
