import type { CsvIssue } from '../../../domain/csv-issue.ts';
import type { Settlement } from '../../../domain/image.ts';
import type { RequestOptions } from '../../../domain/options.ts';
import type { CsvLayout, Product } from '../../../domain/product.ts';
import type { ImageRecord, Progress } from '../../../domain/request.ts';

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

/** A published upload, as it is answered again to the same Idempotency-Key. */
export interface StoredUpload {
  id: string;
  digest: string;
  upload: Upload;
  /** The first of the rows that were left out. */
  errors: CsvIssue[];
  errorCount: number;
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
  /** Who uploaded the request: a digest of the API key, '' where no keys are in use. */
  owner: string;
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
