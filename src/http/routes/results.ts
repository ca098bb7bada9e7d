import { Type } from 'typebox';
import { Problem } from '../../domain/problem.ts';
import { isFinished } from '../../domain/request.ts';
import { importCsv, resultCsv } from '../../results/result-csv.ts';
import { resultEncoding } from '../../tables/write-results.ts';
import { findRecord } from '../find-request.ts';
import type { HttpTools, Server } from '../http-tools.ts';
import { answers, content } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams } from '../schemas.ts';
import { asDownload, sendStream } from '../send-stream.ts';

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

/** GET /api/download/{id}. */
export function resultsRoutes(server: Server, { store, links }: HttpTools): void {
  for (const { url, ...doc } of routePaths('downloadResults', DESCRIPTION, '/api/download/:id')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'The result CSV',
      params: IdParams,
      querystring: Query,
      response: answers(
        { 200: content('The CSV.', 'text/csv') },
        'request_not_found',
        'not_finished',
        'invalid_parameter',
      ),
    };
    server.get(url, { schema }, async (request, reply) => {
      const record = await findRecord(store, request);
      if (!isFinished(record.status) && !request.query.partial) {
        throw new Problem('not_finished', 'Ask again when it is, or add ?partial=true for what is done so far.');
      }
      const importable = request.query.layout === 'import';
      asDownload(reply, record.fileName, importable ? 'import.csv' : 'compressed.csv');
      const charset = resultEncoding(record.layout);
      const csv = importable ? importCsv(store, record, links) : resultCsv(store, record, links);
      return sendStream(request, reply, `text/csv; charset=${charset}`, csv);
    });
  }
}
