import type { Delivery, DeliveryAttempt, RequestRecord } from './records.ts';

/** A message, and the request that it is about. */
interface FoundDelivery {
  delivery: Delivery;
  record: RequestRecord;
  /** Of the request. */
  owner: string;
}

/** Webhook messages: one for each time that a request finishes, and every attempt at it. */
export interface DeliveryStore {
  findDelivery(request: number, part: number): Promise<FoundDelivery | undefined>;
  recordAttempt(delivery: Delivery, attempt: DeliveryAttempt): Promise<void>;
  deliveries(request: number): Promise<DeliveryAttempt[]>;
  /** Starts a new schedule with the same webhook id. @returns false where the request has no delivery */
  redeliver(request: number): Promise<boolean>;
}
