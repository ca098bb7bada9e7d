import type { Settlement } from '../../domain/image.ts';
import type { RequestOptions } from '../../domain/options.ts';
import type { CsvIssue } from '../../domain/problem.ts';
import type { CsvLayout, Product, RejectedRow } from '../../domain/product.ts';
import type { Quotas, Usage } from '../../domain/quota.ts';
import type { ImageRecord, Progress, RequestStatus } from '../../domain/request.ts';

export interface NewRequest {
  /** UUID v7. */
  id: string;
  /** Who may see it: a digest of the API key, '' where no keys are in use. */
  owner: string;
  fileName: string;
  options: RequestOptions;
  webhookUrl: string | null;
  /** Base of the API that took it, for its webhook, without a slash at the end; null where there is no API. */
  publicUrl: string | null;
  /** What stands before an image's key in its output URL. */
  linkBase: string;
  /** Makes the image names unguessable; 32 bytes. */
  secret: Uint8Array;
  layout: CsvLayout;
  createdAt: number;
}

/** A product on its way into the store; `firstImage` is the request-wide number of its first image. */
export interface NewProduct extends Product {
  firstImage: number;
  /** For each link: the number of the request's earlier image with the same link, or null for a first one. */
  sameAs: (number | null)[];
}

export interface Upload {
  /** The client's Idempotency-Key, if it sent one. */
  idempotencyKey: string | null;
  /** Digest of the bytes and the options; tells whether a repeated key means the same upload. */
  digest: string;
  productsTotal: number;
  imagesTotal: number;
  warnings: CsvIssue[];
  warningCount: number;
}

/** An image that waits for its turn, with what is needed to work on it. */
export interface PendingImage {
  request: number;
  number: number;
  row: number;
  position: number;
  /** Its beginning, as far as file names are made of it. */
  productName: string;
  inputUrl: string;
  attempts: number;
  /** 0: at once. */
  retryAt: number;
}

export interface Shard {
  id: string;
  /** Goes with the outcomes; the next one who gets the shard gets a higher number, and this one counts no more. */
  lease: number;
  options: RequestOptions;
  secret: Uint8Array;
  /** Those that are still pending and are the first of their link. */
  images: PendingImage[];
}

/** One image's outcome on its way into the store. */
export interface Outcome {
  request: number;
  number: number;
  /** Tries used so far, this one included. */
  attempts: number;
  /** Of the shard that the image came with. */
  lease: number;
  settlement: Settlement;
}

/** Everything about a request that its pages and files need. */
export interface RequestRecord extends Progress {
  /** The store's own number. */
  number: number;
  /** Null where there was no API, or it is not known any more: of an older version, with links that lead to a CDN. */
  publicUrl: string | null;
  linkBase: string;
  layout: CsvLayout;
}

export interface ProductRecord extends Omit<Product, 'urls'> {
  images: ImageRecord[];
}

export interface Delivery {
  request: number;
  part: number;
  /** Stays the same on every attempt (Standard Webhooks 1.0.0, "webhook-id"). */
  webhookId: string;
  url: string;
  /** Attempts of the present schedule that have ended. */
  step: number;
  state: 'waiting' | 'delivered' | 'given_up';
}

export interface DeliveryAttempt {
  webhookId: string;
  url: string;
  state: Delivery['state'];
  at: number;
  durationMs: number;
  statusCode: number | null;
  error: string | null;
  /** When the next attempt is due; null after the last. */
  nextAt: number | null;
}

export interface RequestStore {
  // Accepting: rows of a request that is begun are visible to nobody until it is published.
  beginRequest(request: NewRequest): Promise<number>;
  appendProducts(request: number, products: NewProduct[]): Promise<void>;
  appendRejected(request: number, rows: RejectedRow[]): Promise<void>;
  /**
   * Makes request, products, images and jobs visible in one durable commit.
   * @param quotas counted and checked in that commit, if there are any
   * @throws Problem `idempotency_conflict` where another upload with the same key was published meanwhile, `quota_exceeded`
   */
  publishRequest(request: number, upload: Upload, quotas?: Quotas): Promise<void>;
  /** What an owner has used of its quotas; counted only while there are any. */
  usage(owner: string): Promise<Usage>;
  /** Removes what was begun and not published. */
  discardRequest(request: number): Promise<void>;
  /** The published request of an Idempotency-Key younger than a day; `errors` are the first of the rows that it left out. */
  findUpload(
    owner: string,
    idempotencyKey: string,
  ): Promise<{ id: string; digest: string; upload: Upload; errors: CsvIssue[]; errorCount: number } | undefined>;

  // Processing
  /** Undefined where the request is gone, or neither Pending nor Processing. Sets a Pending request to Processing. */
  loadShard(request: number, shard: number): Promise<Shard | undefined>;
  /**
   * Settles images that are still pending and whose shard nobody else has got since, counts them, finishes requests that
   * are complete; all or nothing, durable.
   */
  recordOutcomes(outcomes: Outcome[]): Promise<void>;

  // Reading. `owner` undefined: whoever asks may see it.
  progress(id: string, owner?: string): Promise<Progress | undefined>;
  findRequest(id: string, owner?: string): Promise<RequestRecord | undefined>;
  /** Newest first; `before` is the id of the last one of the page before. */
  listRequests(query: { owner?: string; before?: string; limit: number }): Promise<Progress[]>;
  /**
   * A page of products with their images in the order of the file, from row `from` on: about a megabyte at most, so often
   * fewer than `limit`, but none only where none is left.
   * `status`: only products that have such images, with only these images.
   * `imageless`: also the rows without an image that a shop's export may have.
   * `names`, `cells`: false for those who need none; they come empty.
   */
  products(
    request: number,
    query: {
      from: number;
      limit?: number;
      status?: ImageRecord['status'];
      imageless?: boolean;
      names?: boolean;
      cells?: boolean;
    },
  ): Promise<ProductRecord[]>;
  /** A page of rows that were left out, as of products. */
  rejectedRows(request: number, query: { afterLine: number; limit?: number }): Promise<RejectedRow[]>;

  // Changing
  /** Failed images become pending again. @returns how many */
  retryFailed(id: string, owner?: string): Promise<number>;
  /** Pending images become failed with `cancelled`. @returns false where the request was already finished */
  cancelRequest(id: string, owner?: string): Promise<boolean>;
  /**
   * Hides the request at once, gives its keys to `removeFiles` page by page, then drops the rows.
   * @returns false where there is no such request
   */
  deleteRequest(id: string, removeFiles: (keys: string[]) => Promise<void>, owner?: string): Promise<boolean>;

  // Webhooks
  findDelivery(request: number, part: number): Promise<{ delivery: Delivery; record: RequestRecord } | undefined>;
  recordAttempt(delivery: Delivery, attempt: DeliveryAttempt): Promise<void>;
  deliveries(request: number): Promise<DeliveryAttempt[]>;
  /** Starts a new schedule with the same webhook id. @returns false where the request has no delivery */
  redeliver(request: number): Promise<boolean>;

  /** Of these keys those that no image has, and that no unfinished request may still come to have. */
  unknownKeys(keys: string[]): Promise<string[]>;
  /** Whether this process is the one to do a seldom task now: true once in `everyMs`, over all processes. */
  takeTurn(task: string, everyMs: number): Promise<boolean>;
  /** A value that is made once and then kept, such as the webhook secret. */
  setting(name: string, make: () => string): Promise<string>;
  /**
   * Finishes or undoes what a dead process left half done.
   * @param before where others work on the same rows: only what nobody has touched since this time
   */
  recover(removeFiles: (keys: string[]) => Promise<void>, before?: number): Promise<void>;
  /** Finished requests last changed before `time`, oldest first. */
  finishedBefore(time: number, limit: number): Promise<string[]>;
  /** How many requests there are in each state, and what the images of their results weigh. */
  inventory(): Promise<{ status: RequestStatus; requests: number; bytesOut: number }[]>;
  /** Throws where the database cannot be reached. */
  ping(): Promise<void>;
}
