import type { RequestRecord } from '../../pipeline/ports/store.ts';
import { productPages } from '../../results/product-pages.ts';
import { findRecord } from '../find-request.ts';
import type { HttpTools, Server } from '../http-tools.ts';
import { answers, json } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import { IdParams, ProductsSchema } from '../schemas.ts';
import { sendStream } from '../send-stream.ts';
import { presentProduct } from '../serialize.ts';

const DESCRIPTION = 'The products with their links before and after, slot by slot. Streamed, however many there are.';

/** GET /api/products/{id}. */
export function productsRoutes(server: Server, tools: HttpTools): void {
  for (const { url, ...doc } of routePaths('getProducts', DESCRIPTION, '/api/products/:id')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'Products with their links',
      params: IdParams,
      response: answers({ 200: json('The products.', ProductsSchema) }, 'request_not_found'),
    };
    server.get(url, { schema }, async (request, reply) => {
      const record = await findRecord(tools.store, request);
      return sendStream(request, reply, 'application/json; charset=utf-8', productsJson(tools, record));
    });
  }
}

async function* productsJson({ store, links }: HttpTools, record: RequestRecord): AsyncGenerator<string> {
  yield `{"request_id":${JSON.stringify(record.id)},"products":[`;
  let separator = '';
  for await (const page of productPages(store, record, { cells: record.layout.groupColumn !== undefined })) {
    yield separator + page.map((product) => JSON.stringify(presentProduct(record, product, links))).join(',');
    separator = ',';
  }
  yield ']}';
}
