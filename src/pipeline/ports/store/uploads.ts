import type { RejectedRow } from '../../../domain/product.ts';
import type { Quotas, Usage } from '../../../domain/quota.ts';
import type { NewProduct, NewRequest, StoredUpload, Upload } from './records.ts';

/** Storing an upload. The rows of a request that is begun are visible to nobody until it is published. */
export interface UploadStore {
  /** @returns the store's own number of the request */
  beginRequest(request: NewRequest): Promise<number>;
  appendProducts(request: number, products: NewProduct[]): Promise<void>;
  appendRejected(request: number, rows: RejectedRow[]): Promise<void>;
  /**
   * Makes request, products, images and jobs visible in one durable commit.
   * @param quotas checked in that commit, if there are any; what is used is counted anyway
   * @throws Problem `idempotency_conflict` where another upload with the same key was published meanwhile, `quota_exceeded`
   */
  publishRequest(request: number, upload: Upload, quotas?: Quotas): Promise<void>;
  /** Removes what was begun and not published. */
  discardRequest(request: number): Promise<void>;
  /** The published request of an Idempotency-Key that is younger than a day. */
  findUpload(owner: string, idempotencyKey: string): Promise<StoredUpload | undefined>;
  /** What an owner has used of its quotas. */
  usage(owner: string): Promise<Usage>;
}
