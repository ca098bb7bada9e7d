import { Type } from 'typebox';
import { Problem } from '../../domain/problem.ts';
import { isFinished } from '../../domain/request.ts';
import { FORMATS, type Format, LAYOUTS, type Layout } from '../../domain/result-forms.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import type { RowQueries } from '../../pipeline/ports/store/rows.ts';
import type { ImageLinks } from '../../results/image-links.ts';
import { resultTable } from '../../results/result-table.ts';
import { resultEncoding } from '../../tables/write-results.ts';
import { findRecord } from '../find-request.ts';
import { content, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams } from '../schemas.ts';
import { asDownload, sendStream } from '../send-stream.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = `The uploaded table again, with the column \`Output Image Urls\`; of a workbook the sheet that was read, of JSON
and XML the products, as a CSV.

With \`layout=import\` the new links stand in the image columns themselves, and no column is added: what the export of a
shop needs to be imported there again. A failed image keeps its old link. With \`layout=report\` further columns tell what
became of each image, slot by slot. With \`as=xlsx\` it is an Excel workbook with the same columns.

Only of a finished request, unless \`partial=true\`: then the slots of pending images are empty.`;

const Query = Type.Object({
  layout: Type.Optional(
    Type.Unsafe<Layout>({
      type: 'string',
      enum: LAYOUTS,
      description:
        '`result`: with the new links in one more column; `import`: with the new links in the place of the old ones, to be imported into a shop; `report`: as `result`, with status, notes, bytes and size of each image.',
    }),
  ),
  as: Type.Optional(
    Type.Unsafe<Format>({
      type: 'string',
      enum: FORMATS,
      description: '`csv`: in the encoding of the upload; `xlsx`: an Excel workbook.',
    }),
  ),
  partial: Type.Optional(Type.Boolean({ description: 'Also of a request that is still running.' })),
});

export interface Results {
  store: Pick<RequestQueries, 'findRequest'> & Pick<RowQueries, 'products'>;
  /** How the addresses of images are made. */
  links: ImageLinks;
}
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What the names of downloads end in. */
const ENDINGS: Record<Layout, string> = { result: 'compressed', import: 'import', report: 'report' };

/** GET /api/download/{id}. */
export async function resultsRoutes(server: Server, { store, links }: Results): Promise<void> {
  for (const { url, ...doc } of routePaths('downloadResults', DESCRIPTION, '/api/download/:id')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'The result table',
      params: IdParams,
      querystring: Query,
      response: responses(
        { 200: content('The table.', 'text/csv', XLSX) },
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
      const { layout = 'result', as = 'csv' } = httpRequest.query;
      asDownload(reply, record.fileName, `${ENDINGS[layout]}.${as}`);
      const type = as === 'xlsx' ? XLSX : `text/csv; charset=${resultEncoding(record.layout)}`;
      return sendStream(httpRequest, reply, type, resultTable(store, record, links, layout, as));
    });
  }
}
