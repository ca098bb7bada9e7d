/** What a client may do to a request that is there. `owner` undefined: to every request. */
export interface RequestLifecycle {
  /** Failed images become pending again. @returns how many */
  retryFailed(id: string, owner?: string): Promise<number>;
  /** Pending images become failed with `cancelled`. @returns false where the request was already finished */
  cancelRequest(id: string, owner?: string): Promise<boolean>;
  /**
   * Hides the request at once, gives its keys to `removeFiles` page by page, then drops the rows.
   * @returns false where there is no such request
   */
  deleteRequest(id: string, removeFiles: (keys: string[]) => Promise<void>, owner?: string): Promise<boolean>;
}
