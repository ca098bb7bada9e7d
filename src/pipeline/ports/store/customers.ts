/** What a customer has used on a day. */
export interface UsedDay {
  owner: string;
  /** Counted from 1970, UTC. */
  day: number;
  /** Uploads that were accepted. */
  requests: number;
  /** Images of these, and those that were tried again. */
  images: number;
  imagesReused: number;
  bytesTransferred: number;
  bytesOut: number;
}

/** Who is behind a key, and what each has used. An owner is as domain/customer.ts makes it. */
export interface CustomerStore {
  /**
   * Gives what a plain key has uploaded to a customer, unless another one has got it before: it belongs to the first for
   * good. @returns the name of the one who has it
   */
  claimKey(owner: string, customer: string): Promise<string>;
  /** Of these plain keys those that were claimed, with the customer that has each. */
  claims(owners: string[]): Promise<Map<string, string>>;
  /** Whether anything was uploaded by an owner that is still there. */
  hasRequests(owner: string): Promise<boolean>;
  /** @param query days included; `owner` undefined: of everybody. @returns by owner, then by day */
  usedDays(query: { owner?: string; from: number; to: number }): Promise<UsedDay[]>;
  /** The ids of the first requests of an owner, in any state that clients see. */
  requestsOf(owner: string, limit: number): Promise<string[]>;
  /** Forgets what is known of an owner beside its requests. */
  forgetCustomer(owner: string): Promise<void>;
}
