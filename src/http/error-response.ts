import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemCode } from '../domain/catalogues/problems.ts';
import { Problem } from '../domain/problem.ts';
import { DiskFull, isFileSystemFull, Unavailable } from '../domain/unavailable.ts';
import { negotiateProblem, problemDocument } from './problem-document.ts';

/** RFC 9110 section 15: which status says what about each code. */
export const PROBLEM_STATUSES: Record<ProblemCode, number> = {
  file_missing: 400,
  several_files: 400,
  unknown_field: 422,
  invalid_option: 422,
  invalid_webhook_url: 422,
  invalid_multipart: 400,
  csv_invalid: 422,
  missing_columns: 422,
  empty_file: 422,
  no_rows: 422,
  not_csv: 422,
  unclosed_quote: 422,
  row_too_long: 422,
  too_many_columns: 422,
  too_much_to_store: 422,
  too_many_images: 422,
  csv_too_large: 413,
  idempotency_conflict: 409,
  unauthorized: 401,
  forbidden: 403,
  host_refused: 421,
  origin_refused: 403,
  too_many_calls: 429,
  too_many_readers: 429,
  upload_too_slow: 408,
  quota_exceeded: 429,
  not_found: 404,
  request_not_found: 404,
  image_not_found: 404,
  invalid_signature: 403,
  link_expired: 410,
  not_finished: 409,
  not_active: 409,
  still_active: 409,
  nothing_to_retry: 409,
  nothing_to_deliver: 409,
  invalid_parameter: 400,
  unsupported_media_type: 415,
  method_not_allowed: 405,
  bad_request: 400,
  overloaded: 503,
  disk_full: 503,
  unavailable: 503,
  internal_error: 500,
};

/** Seconds that a client is asked to wait where nothing better is known (RFC 9110 section 10.2.3). */
const RETRY_AFTER: Partial<Record<ProblemCode, number>> = {
  too_many_readers: 5,
  overloaded: 10,
  disk_full: 60,
  unavailable: 10,
};

/** Any error as what the client may know of it; everything unexpected becomes `internal_error`. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, validation, statusCode, message } = error as Partial<FastifyError>;
  const cause = error;
  if (statusCode === 429) return new Problem('too_many_calls', message, { cause });
  if (validation) return new Problem('invalid_parameter', message, { cause });
  // Uploads are staged in files of ours, so the file system may say it too.
  if (error instanceof DiskFull || isFileSystemFull(error)) return new Problem('disk_full', undefined, { cause });
  if (error instanceof Unavailable) return new Problem('unavailable', undefined, { cause });
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new Problem('not_found', undefined, { cause });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Problem('unsupported_media_type', undefined, { cause });
  // Fastify's own refusals carry a sentence that is fit for the client.
  if (code?.startsWith('FST_') && statusCode && statusCode < 500) return new Problem('bad_request', message, { cause });
  return new Problem('internal_error', undefined, { cause });
}

/** Responds with what went wrong; what only the operator may know goes to the log. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = asProblem(error);
  const status = PROBLEM_STATUSES[problem.code];
  // Putting uploads off is no fault; everything else of ours wants somebody to look.
  if (status >= 500 && problem.code !== 'overloaded') request.log.error({ err: error }, problem.code);
  const retryAfter = problem.retryAfterSeconds ?? RETRY_AFTER[problem.code];
  if (problem.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="Pixmill"');
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(retryAfter)));
  const inLog = `Try again later. If it happens again, tell the operator, who finds it in the log as ${request.id}.`;
  const document = problemDocument(problem, status, status === 500 ? inLog : problem.detail);
  const { type, body } = negotiateProblem(document, request);
  return reply
    .status(status)
    .headers({ 'cache-control': 'private, no-store', vary: 'accept' })
    .type(`${type}; charset=utf-8`)
    .send(body);
}
