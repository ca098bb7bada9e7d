import type { RequestStore } from '../../pipeline/ports/store.ts';
import { errorsCsv } from '../../results/errors-csv.ts';
import { resultEncoding } from '../../tables/write-results.ts';
import { findRecord } from '../find-request.ts';
import { content, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams } from '../schemas.ts';
import { asDownload, sendStream } from '../send-stream.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = `What failed, as a CSV that can be corrected and uploaded again: the uploaded columns with just the
failed link, then the columns \`URL\`, \`Stage\`, \`Code\`, \`Message\` and \`Hint\`. One line for each failed image; rows that
were left out (\`on_error=skip\`) come last, as they were.`;

export interface ErrorsCsv {
  store: RequestStore;
}

/** GET /api/requests/{id}/errors.csv. */
export async function errorsCsvRoutes(server: Server, { store }: ErrorsCsv): Promise<void> {
  for (const { url, ...doc } of routePaths('downloadErrors', DESCRIPTION, '/api/requests/:id/errors.csv')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'The failures as a CSV',
      params: IdParams,
      response: responses({ 200: content('The CSV.', 'text/csv') }, 'request_not_found'),
    };
    server.get(url, { schema, config: { readers: 'tablesAtOnce' } }, async (httpRequest, reply) => {
      const record = await findRecord(store, httpRequest);
      asDownload(reply, record.fileName, 'errors.csv');
      const type = `text/csv; charset=${resultEncoding(record.layout)}`;
      return sendStream(httpRequest, reply, type, errorsCsv(store, record));
    });
  }
}
