import { type FollowSettings, follow, statusPath } from './follow.ts';
import { multipart } from './multipart.ts';
import { asJson, type Call, call, type Server } from './server-calls.ts';
import type {
  Accepted,
  Checked,
  Deliveries,
  Delivery,
  Details,
  Image,
  Product,
  RequestList,
  Status,
  UploadFields,
} from './types.ts';

export interface PixmillSettings {
  /** Of the server: `https://pixmill.example`. */
  url: string;
  /** Where the server wants one. */
  key?: string | undefined;
  /** How often a request is repeated that failed for a passing reason; 3 where left out. */
  repeats?: number;
  /** Another `fetch`: for a proxy, or to hear how much of an upload is sent (`@pixmill/client/browser`). */
  fetch?: typeof fetch;
}

export interface CallSettings {
  signal?: AbortSignal;
}

export interface PageSettings extends CallSettings {
  limit?: number | undefined;
  /** Left out: the first page. */
  cursor?: string | undefined;
}

/** What a result is to be; the uploaded table with one more column, as a CSV, where left out. */
export interface ResultForm {
  layout?: 'result' | 'import' | 'report';
  as?: 'csv' | 'xlsx';
}

export interface UploadSettings extends CallSettings {
  /** The same key with the same upload gives the same request, for a day; a new one where left out. */
  idempotencyKey?: string;
  /** For a blob without a name; `products.csv` where left out. */
  fileName?: string;
}

/** A Pixmill server. Every method throws `PixmillError` where the server refuses, or cannot be reached. */
export class Pixmill {
  readonly #server: Server;

  /** @throws TypeError where the address is none */
  constructor({ url, key, repeats = 3, fetch = globalThis.fetch.bind(globalThis) }: PixmillSettings) {
    this.#server = { url: serverUrl(url), key, fetch, repeats };
  }

  /**
   * Uploads a CSV, also a packed one. A repeat after a lost response starts nothing twice.
   * @param csv in Node, `openFile` of `@pixmill/client/node` gives one that is not read into memory
   */
  async upload(csv: Blob, fields: UploadFields = {}, settings: UploadSettings = {}): Promise<Accepted> {
    return this.#send<Accepted>(csv, fields, settings);
  }

  /** What an upload would do, and what is wrong with the CSV; keeps nothing, downloads nothing. */
  async check(csv: Blob, fields: UploadFields = {}, settings: UploadSettings = {}): Promise<Checked> {
    return this.#send<Checked>(csv, { ...fields, dry_run: true }, settings);
  }

  /** How far a request is. */
  async status(id: string, settings: CallSettings = {}): Promise<Status> {
    return call<Status>(this.#server, statusPath(id), asJson, settings);
  }

  /** Waits until a request is finished, through restarts of the server and broken connections. */
  async wait(id: string, settings: FollowSettings = {}): Promise<Status> {
    return follow(this.#server, id, settings);
  }

  /**
   * One page of the products of a request, with its status as of that moment.
   * @param settings.limit products, at most
   * @param settings.cursor `next_cursor` of the page before
   */
  async detailsPage(
    id: string,
    { signal, ...query }: PageSettings & { status?: Image['status'] } = {},
  ): Promise<Details> {
    return this.#page<Details>(detailsPath(id), query, { signal });
  }

  /** Every product with its images, page by page; with a status only those that have such images, and only these. */
  async *results(
    id: string,
    { status, ...settings }: CallSettings & { status?: Image['status'] } = {},
  ): AsyncGenerator<Product, void, undefined> {
    const query = status ? { status, limit: '200' } : { limit: '200' };
    for await (const { products } of this.#pages<Details>(detailsPath(id), query, settings)) yield* products;
  }

  /**
   * The uploaded table with the column `Output Image Urls`; with a layout for an import into a shop, or with a report of each
   * image; also as a workbook.
   * @param settings.partial also before it is finished
   */
  async downloadCsv(
    id: string,
    { partial, layout, as, ...settings }: CallSettings & ResultForm & { partial?: boolean } = {},
  ): Promise<Response> {
    const query = new URLSearchParams({
      ...(layout && { layout }),
      ...(as && { as }),
      ...(partial && { partial: 'true' }),
    });
    return this.#get(`/api/download/${encodeURIComponent(id)}${query.size > 0 ? `?${query}` : ''}`, settings);
  }

  /** What failed, as a CSV that can be corrected and uploaded again. */
  async downloadErrors(id: string, settings: CallSettings = {}): Promise<Response> {
    return this.#get(requestPath(id, '/errors.csv'), settings);
  }

  /** All images that are done, as a ZIP file. */
  async downloadImages(id: string, settings: CallSettings = {}): Promise<Response> {
    return this.#get(requestPath(id, '/images.zip'), settings);
  }

  /** Tries the failed images again. */
  async retry(id: string, settings: CallSettings = {}): Promise<Status> {
    return this.#change<Status>(requestPath(id, '/retry'), settings);
  }

  /** Stops a request; what is done stays. */
  async cancel(id: string, settings: CallSettings = {}): Promise<Status> {
    return this.#change<Status>(requestPath(id, '/cancel'), settings);
  }

  /** Deletes a request with its images, for good. */
  async remove(id: string, settings: CallSettings = {}): Promise<void> {
    const deletion = { ...settings, method: 'DELETE', repeat: 'refused' } as const;
    await call(this.#server, requestPath(id), () => undefined, deletion);
  }

  /** Every request, newest first. */
  async *list(settings: CallSettings = {}): AsyncGenerator<Status, void, undefined> {
    for await (const { requests } of this.#pages<RequestList>('/api/requests', {}, settings)) yield* requests;
  }

  /**
   * One page of the requests, newest first.
   * @param settings.cursor `next_cursor` of the page before
   * @param settings.q only requests with this text in their file name or label
   */
  async listPage({ signal, ...query }: PageSettings & { q?: string | undefined } = {}): Promise<RequestList> {
    return this.#page<RequestList>('/api/requests', query, { signal });
  }

  /** Every attempt at the webhook, oldest first. */
  async deliveries(id: string, settings: CallSettings = {}): Promise<Delivery[]> {
    return (await call<Deliveries>(this.#server, requestPath(id, '/deliveries'), asJson, settings)).deliveries;
  }

  /** Sends the webhook again. @returns the attempts so far */
  async redeliver(id: string, settings: CallSettings = {}): Promise<Delivery[]> {
    return (await this.#change<Deliveries>(requestPath(id, '/deliveries/redeliver'), settings)).deliveries;
  }

  /**
   * In a browser, on a page that the server itself serves: trades a key for a cookie that no script can read, and that goes
   * along with whatever the page asks for from then on.
   */
  async openSession(key: string, settings: CallSettings = {}): Promise<void> {
    const body = new Blob([JSON.stringify({ key })], { type: 'application/json' });
    await call(this.#server, '/api/session', () => undefined, { ...settings, method: 'POST', body });
  }

  /** Takes the cookie back. */
  async closeSession(settings: CallSettings = {}): Promise<void> {
    await call(this.#server, '/api/session', () => undefined, { ...settings, method: 'DELETE' });
  }

  async #send<T>(csv: Blob, fields: object, { idempotencyKey, fileName, signal }: UploadSettings): Promise<T> {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    const texts = given.map(([name, value]): [string, string] => [name, formValue(value)]);
    const name = fileName ?? (csv instanceof File ? csv.name : 'products.csv');
    const body = multipart(texts, csv, name, newKey());
    const headers = { 'idempotency-key': idempotencyKey ?? newKey() };
    return call<T>(this.#server, '/api/upload', asJson, { method: 'POST', body, headers, signal });
  }

  async #get(path: string, settings: Call): Promise<Response> {
    return call(this.#server, path, (response) => response, settings);
  }

  async #change<T>(path: string, settings: CallSettings): Promise<T> {
    return call<T>(this.#server, path, asJson, { ...settings, method: 'POST', repeat: 'refused' });
  }

  async #page<T>(path: string, query: Record<string, string | number | undefined>, settings: Call): Promise<T> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
    return call<T>(this.#server, `${path}?${search}`, asJson, settings);
  }

  async *#pages<T extends { next_cursor: string | null }>(
    path: string,
    query: Record<string, string>,
    settings: CallSettings,
  ): AsyncGenerator<T, void, undefined> {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: T = await this.#page<T>(path, { ...query, cursor }, settings);
      yield page;
      cursor = page.next_cursor;
    }
  }
}

/** As the server reads it: a list or an object is sent as JSON. */
const formValue = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
const detailsPath = (id: string) => `/api/details/${encodeURIComponent(id)}`;
const requestPath = (id: string, rest = '') => `/api/requests/${encodeURIComponent(id)}${rest}`;

function serverUrl(url: string): string {
  const { protocol, username } = URL.canParse(url) ? new URL(url) : { protocol: '', username: '' };
  if (!/^https?:$/.test(protocol) || username !== '') {
    throw new TypeError(`"${url}" is not the address of a server, such as http://127.0.0.1:8080.`);
  }
  return url.replace(/\/+$/, '');
}

/** By hand: pages that came without TLS have no `crypto.randomUUID`. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
