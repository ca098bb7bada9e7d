import type { Quotas } from '../../../domain/quota.ts';

/** What a client may do to a request that is there. `owner` undefined: to every request. */
export interface RequestLifecycle {
  /**
   * Failed images become pending again, and count like new ones.
   * @returns how many
   * @throws Problem `quota_exceeded`
   */
  retryFailed(id: string, owner?: string, quotas?: Quotas): Promise<number>;
  /** Pending images become failed with `cancelled`. @returns false where the request was already finished */
  cancelRequest(id: string, owner?: string): Promise<boolean>;
  /**
   * Hides the request at once, gives its keys to `removeFiles` page by page, then drops the rows.
   * @returns false where there is no such request
   */
  deleteRequest(id: string, removeFiles: (keys: string[]) => Promise<void>, owner?: string): Promise<boolean>;
}
