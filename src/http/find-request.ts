import { Problem } from '../domain/problem.ts';
import type { Progress } from '../domain/request.ts';
import type { RequestQueries } from '../pipeline/ports/store/queries.ts';
import type { RequestRecord } from '../pipeline/ports/store/records.ts';

/** An HTTP request whose path names a request, from a client who may see those of `owner`. */
interface OfRequest {
  params: { id: string };
  owner: string;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether a text has the form of a request id; anything else cannot be one, and never reaches the database. */
export function isRequestId(text: string): boolean {
  return UUID.test(text);
}

/** @throws Problem `request_not_found`, for ids of others and for what is no id at all */
export async function findProgress(store: Pick<RequestQueries, 'progress'>, httpRequest: OfRequest): Promise<Progress> {
  const { id } = httpRequest.params;
  const found = isRequestId(id) ? await store.progress(id.toLowerCase(), httpRequest.owner) : undefined;
  if (!found) throw new Problem('request_not_found');
  return found;
}

/** @throws Problem `request_not_found`, for ids of others and for what is no id at all */
export async function findRecord(
  store: Pick<RequestQueries, 'findRequest'>,
  httpRequest: OfRequest,
): Promise<RequestRecord> {
  const { id } = httpRequest.params;
  const found = isRequestId(id) ? await store.findRequest(id.toLowerCase(), httpRequest.owner) : undefined;
  if (!found) throw new Problem('request_not_found');
  return found;
}
