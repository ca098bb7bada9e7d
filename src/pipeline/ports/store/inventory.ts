import type { RequestStatus } from '../../../domain/request.ts';

/** What metrics and health checks ask of the database. */
export interface Inventory {
  /** How many requests there are in each state, and how many bytes the images of their results have. */
  inventory(): Promise<{ status: RequestStatus; requests: number; bytesOut: number }[]>;
  /** @throws where the database cannot be reached */
  ping(): Promise<void>;
}
