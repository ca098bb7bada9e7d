import type { Settlement } from '../../src/domain/image.ts';
import type { CsvLayout } from '../../src/domain/product.ts';
import type { Quotas } from '../../src/domain/quota.ts';
import type { NewProduct, NewRequest, RequestStore, Upload } from '../../src/pipeline/ports/store.ts';

export const LAYOUT: CsvLayout = {
  encoding: 'utf-8',
  bom: false,
  delimiter: ',',
  newline: '\n',
  header: ['S. No.', 'Product Name', 'Input Image Urls'],
  serialColumn: 0,
  nameColumn: 1,
  imageColumns: [2],
  outputColumn: null,
};

let made = 0;

export function newRequest(changes: Partial<NewRequest> = {}): NewRequest {
  made++;
  return {
    id: `01900000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    owner: '',
    fileName: 'products.csv',
    options: { quality: 50, scale: 100, format: 'same', effort: 'fast', on_error: 'refuse' },
    webhookUrl: null,
    publicUrl: 'http://127.0.0.1:8080',
    linkBase: 'http://127.0.0.1:8080/api/image/',
    secret: Buffer.alloc(32, made),
    layout: LAYOUT,
    createdAt: 1_000,
    ...changes,
  };
}

/** Products with these links; a link that came before refers to its first image, as `accept-upload` does it. */
export function newProducts(links: string[][]): NewProduct[] {
  const seen = new Map<string, number>();
  let firstImage = 0;
  return links.map((urls, row) => {
    const first = firstImage;
    firstImage += urls.length;
    const sameAs = urls.map((url, index) => {
      const earlier = seen.get(url);
      if (earlier === undefined) seen.set(url, first + index);
      return earlier ?? null;
    });
    const serial = String(row + 1);
    return {
      row,
      line: row + 2,
      serial,
      name: `Mug ${serial}`,
      cells: [serial, `Mug ${serial}`, null],
      urls,
      firstImage: first,
      sameAs,
    };
  });
}

export function uploadOf(products: NewProduct[], changes: Partial<Upload> = {}): Upload {
  return {
    idempotencyKey: null,
    digest: 'digest',
    productsTotal: products.length,
    imagesTotal: products.reduce((sum, { urls }) => sum + urls.length, 0),
    warnings: [],
    warningCount: 0,
    ...changes,
  };
}

/** Stores and publishes a request. @returns the store's number and the public id */
export async function publish(
  store: RequestStore,
  links: string[][],
  changes: { request?: Partial<NewRequest>; upload?: Partial<Upload>; quotas?: Quotas } = {},
): Promise<{ number: number; id: string }> {
  const request = newRequest(changes.request);
  const products = newProducts(links);
  const number = await store.beginRequest(request);
  await store.appendProducts(number, products);
  await store.publishRequest(number, uploadOf(products, changes.upload), changes.quotas);
  return { number, id: request.id };
}

export function done(key: string, bytesIn = 1000, bytesOut = 400): Settlement {
  const picture = { formatIn: 'jpeg', formatOut: 'jpeg', widthIn: 10, heightIn: 10, width: 10, height: 10 } as const;
  return { kind: 'done', key, outcome: 'compressed', ...picture, bytesIn, bytesOut };
}

export const FAILED: Settlement = {
  kind: 'failed',
  code: 'http_404',
  stage: 'download',
  message: 'The image host answered with status 404.',
  bytesIn: null,
};
