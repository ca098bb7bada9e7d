import type { RequestQueries } from '../../pipeline/ports/store/queries.ts';
import type { RequestRecord } from '../../pipeline/ports/store/records.ts';
import type { RowQueries } from '../../pipeline/ports/store/rows.ts';
import type { ImageLinks } from '../../results/image-links.ts';
import { productPages } from '../../results/product-pages.ts';
import { findRecord } from '../find-request.ts';
import { json, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams, ProductsSchema } from '../schemas.ts';
import { sendStream } from '../send-stream.ts';
import { serializeProduct } from '../serialize.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = 'The products with their links before and after, slot by slot. Streamed, however many there are.';

export interface Products {
  store: Pick<RequestQueries, 'findRequest'> & Pick<RowQueries, 'products'>;
  links: ImageLinks;
}

/** GET /api/products/{id}. */
export async function productsRoutes(server: Server, options: Products): Promise<void> {
  for (const { url, ...doc } of routePaths('getProducts', DESCRIPTION, '/api/products/:id')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'Products with their links',
      params: IdParams,
      response: responses({ 200: json('The products.', ProductsSchema) }, 'request_not_found'),
    };
    server.get(url, { schema, config: { readers: 'tablesAtOnce' } }, async (httpRequest, reply) => {
      const record = await findRecord(options.store, httpRequest);
      return sendStream(httpRequest, reply, 'application/json; charset=utf-8', productsJson(options, record));
    });
  }
}

async function* productsJson({ store, links }: Products, record: RequestRecord): AsyncGenerator<string> {
  yield `{"request_id":${JSON.stringify(record.id)},"products":[`;
  let separator = '';
  for await (const page of productPages(store, record, { cells: record.layout.groupColumn !== undefined })) {
    yield separator + page.map((product) => JSON.stringify(serializeProduct(record, product, links))).join(',');
    separator = ',';
  }
  yield ']}';
}
