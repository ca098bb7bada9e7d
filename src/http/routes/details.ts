import { Type } from 'typebox';
import { NOTE_CODE, type NoteCode } from '../../domain/catalogues/notes.ts';
import type { ImageStatus } from '../../domain/image.ts';
import { statusObject } from '../../domain/status-object.ts';
import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import type { ProductRecord, RequestRecord } from '../../pipeline/ports/store/records.ts';
import type { RowQueries } from '../../pipeline/ports/store/rows.ts';
import type { ImageLinks } from '../../results/image-links.ts';
import { productPages } from '../../results/product-pages.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { findRecord } from '../find-request.ts';
import { json, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { DetailsSchema, IdParams } from '../schemas.ts';
import { sendStream } from '../send-stream.ts';
import { serializeDetailedProduct } from '../serialize.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = `The status of a request with every product and every image.

Without \`limit\` everything comes in one streamed response; with it, page by page. A page may have fewer products than
\`limit\` where they are large; \`next_cursor\` alone tells whether there are more.`;

/** A page of products ends early when its text is longer: clients hold pages in memory. */
const PAGE_CHARACTERS = 4_000_000;

const Query = Type.Object({
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'Products a page, at most.', examples: [100] }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: '`next_cursor` of the page before.' })),
  status: Type.Optional(
    Type.Unsafe<ImageStatus>({
      type: 'string',
      enum: ['pending', 'done', 'failed'],
      description: 'Only products with such images, and only these images.',
    }),
  ),
  note: Type.Optional(
    Type.Unsafe<NoteCode>({
      type: 'string',
      pattern: NOTE_CODE,
      description: 'Only products with images that have this note, and only these images; such as `link_repaired`.',
    }),
  ),
});

export interface Details {
  store: Pick<RequestQueries, 'findRequest'> & Pick<RowQueries, 'products'>;
  links: ImageLinks;
  publicUrl(): string;
  now(): number;
}

/** GET /api/details/{id}. */
export async function detailsRoutes(server: Server, options: Details): Promise<void> {
  for (const { url, ...doc } of routePaths('getDetails', DESCRIPTION, '/api/details/:id', '/fetch/:id')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'Every image with its outcome',
      params: IdParams,
      querystring: Query,
      response: responses({ 200: json('The details.', DetailsSchema) }, 'request_not_found', 'invalid_parameter'),
    };
    server.get(url, { schema, config: { readers: 'tablesAtOnce' } }, async (httpRequest, reply) => {
      const { limit, cursor, status, note } = httpRequest.query;
      const from = cursor === undefined ? 0 : Number(fromCursor(cursor, /^\d{1,15}$/));
      const record = await findRecord(options.store, httpRequest);
      const products = { from, limit, status, note };
      return sendStream(httpRequest, reply, 'application/json; charset=utf-8', detailsJson(options, record, products));
    });
  }
}

async function* detailsJson(
  { store, publicUrl, links, now }: Details,
  record: RequestRecord,
  {
    from,
    limit,
    status,
    note,
  }: {
    from: number;
    limit: number | undefined;
    status: ImageStatus | undefined;
    note: NoteCode | undefined;
  },
): AsyncGenerator<string> {
  const head = JSON.stringify(statusObject(record, publicUrl(), now()));
  yield `${head.slice(0, -1)},"products":[`;
  const inJson = (products: ProductRecord[]) =>
    products.map((product) => JSON.stringify(serializeDetailedProduct(record, product, links))).join(',');
  let next: ProductRecord | undefined;
  let left = limit ?? Number.POSITIVE_INFINITY;
  let room = limit === undefined ? Number.POSITIVE_INFINITY : PAGE_CHARACTERS;
  let separator = '';
  // One more than asked for tells whether there is a next page, and where it begins.
  // A product's group is the cell of a column.
  const cells = record.layout.groupColumn !== undefined;
  for await (const page of productPages(store, record, { from, limit: left + 1, status, note, cells })) {
    const shown = room > 0 ? page.slice(0, left) : [];
    next = page[shown.length];
    if (shown.length > 0) {
      const text = separator + inJson(shown);
      yield text;
      separator = ',';
      left -= shown.length;
      room -= text.length;
    }
    if (next) break;
  }
  yield `],"next_cursor":${JSON.stringify(next ? toCursor(String(next.row)) : null)}}`;
}
