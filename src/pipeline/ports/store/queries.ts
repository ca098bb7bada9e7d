import type { Progress } from '../../../domain/request.ts';
import type { RequestRecord } from './records.ts';

/** What is known of requests as a whole. `owner` undefined: whoever asks may see every request. */
export interface RequestQueries {
  progress(id: string, owner?: string): Promise<Progress | undefined>;
  findRequest(id: string, owner?: string): Promise<RequestRecord | undefined>;
  /** Newest first; `before` is the id of the last one of the page before; `text` stands in file name or label, in any case. */
  listRequests(query: { owner?: string; before?: string; limit: number; text?: string }): Promise<Progress[]>;
}
