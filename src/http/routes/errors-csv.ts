import { errorsCsv } from '../../results/errors-csv.ts';
import { resultEncoding } from '../../tables/write-results.ts';
import { findRecord } from '../find-request.ts';
import type { HttpTools, Server } from '../http-tools.ts';
import { answers, content } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams } from '../schemas.ts';
import { asDownload, sendStream } from '../send-stream.ts';

const DESCRIPTION = `What failed, as a CSV that can be corrected and uploaded again: the uploaded columns with just the
failed link, then the columns \`URL\`, \`Stage\`, \`Code\`, \`Message\` and \`Hint\`. One line for each failed image; rows that
were left out (\`on_error=skip\`) come last, as they were.`;

/** GET /api/requests/{id}/errors.csv. */
export function errorsCsvRoutes(server: Server, { store }: HttpTools): void {
  for (const { url, ...doc } of routePaths('downloadErrors', DESCRIPTION, '/api/requests/:id/errors.csv')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'The failures as a CSV',
      params: IdParams,
      response: answers({ 200: content('The CSV.', 'text/csv') }, 'request_not_found'),
    };
    server.get(url, { schema }, async (request, reply) => {
      const record = await findRecord(store, request);
      asDownload(reply, record.fileName, 'errors.csv');
      return sendStream(request, reply, `text/csv; charset=${resultEncoding(record.layout)}`, errorsCsv(store, record));
    });
  }
}
