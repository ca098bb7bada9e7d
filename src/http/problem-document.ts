import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';
import type { ProblemCode } from '../domain/catalogues/problems.ts';
import type { Problem } from '../domain/problem.ts';

/** The whole table is refused, and `errors` says why. */
const CORRECT_TABLE = 'Correct what "errors" names, and upload the file again.';
const WAIT = 'Try again after the time that the header "Retry-After" names.';

/** What to do, where the problem itself does not know better. */
export const WHAT_TO_DO: Record<ProblemCode, string> = {
  file_missing: 'Send the table as a file in the form field "file" (multipart/form-data).',
  several_files: 'Make an upload of each file.',
  unknown_field: 'Leave the field out, or correct its name.',
  invalid_option: 'Correct the value. The documentation at /docs says what each option takes.',
  invalid_webhook_url: 'Send an http or https address without a password in it, which others can reach.',
  invalid_multipart: 'Let a library make the form, or curl with -F file=@products.csv.',
  csv_invalid: CORRECT_TABLE,
  missing_columns: CORRECT_TABLE,
  empty_file: CORRECT_TABLE,
  no_rows: CORRECT_TABLE,
  not_csv: CORRECT_TABLE,
  unclosed_quote: CORRECT_TABLE,
  row_too_long: CORRECT_TABLE,
  too_many_columns: CORRECT_TABLE,
  too_much_to_store: CORRECT_TABLE,
  too_many_images: CORRECT_TABLE,
  csv_too_large: 'Split the file and upload the parts.',
  idempotency_conflict: 'Use a new Idempotency-Key for another upload.',
  unauthorized: 'Send a key of this server as "Authorization: Bearer KEY".',
  forbidden: 'Send another key of this server.',
  host_refused: 'Use the address that PIXMILL_PUBLIC_URL names, or have the operator set it.',
  origin_refused: 'Use the page of this server, or have the operator name the other site in PIXMILL_CORS_ORIGINS.',
  too_many_calls: WAIT,
  too_many_readers: 'Wait until one of them has ended.',
  upload_too_slow: 'Upload again over a faster line, or pack the file (.zip or .gz) first.',
  quota_exceeded: 'Wait as long as the header "Retry-After" says, or ask the operator for more.',
  not_found: 'Check the address. The documentation at /docs lists all of them.',
  request_not_found: 'Check the id. The request may have been deleted, or belong to another key.',
  image_not_found: 'Take the address from "output_url" in the details. The image may have been deleted.',
  invalid_signature: 'Ask for the results again: they come with fresh links.',
  link_expired: 'Ask for the results again: they come with fresh links.',
  not_finished: 'Wait until it is.',
  not_active: 'There is nothing left to stop.',
  still_active: 'Cancel it first, or wait until it is finished.',
  nothing_to_retry: 'Only failed images are tried again.',
  nothing_to_deliver: 'Name a "webhook_url" in the next upload.',
  invalid_parameter: 'Correct the parameter. The documentation at /docs says what each one takes.',
  unsupported_media_type: 'Send the table as a file in the form field "file" (multipart/form-data).',
  method_not_allowed: 'Use one of the methods that the header "Allow" names.',
  bad_request: 'Correct the request. The documentation at /docs shows how it is written.',
  overloaded: WAIT,
  disk_full: 'Try again later. The operator must make room on the disk.',
  unavailable: WAIT,
  internal_error: 'Try again later. If it happens again, tell the operator.',
};

/** Older clients compare `error` with these; elsewhere it repeats `title`. */
const OLDER_SENTENCES: Partial<Record<ProblemCode, string>> = {
  request_not_found: 'Wrong Request ID',
  internal_error: 'Internal server error',
};

/** The members of a problem document (RFC 9457 section 3.1), and those that older clients know. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  error: string;
  errors?: object[];
  errors_total?: number;
}

export function problemDocument(problem: Problem, status: number, detail = problem.detail): ProblemDocument {
  const { code, message, issues, issueCount } = problem;
  return {
    type: `urn:pixmill:${code}`,
    title: message,
    status,
    detail: detail ?? WHAT_TO_DO[code],
    code,
    error: OLDER_SENTENCES[code] ?? message,
    ...(issueCount === 0 ? {} : { errors: issues, errors_total: issueCount }),
  };
}

const PROBLEM_JSON = 'application/problem+json';
const JSON_TYPE = 'application/json';
const HTML = 'text/html';

/**
 * A problem document in the form that the client asks for (RFC 9110 section 12.5.1): `application/json` where its `Accept`
 * names that and not `application/problem+json`; a page for a person who follows a link to somewhere outside of /api.
 */
export function negotiateProblem(
  document: ProblemDocument,
  request: { method: string; url: string; headers: IncomingHttpHeaders },
): { type: string; body: string } {
  const { method, url, headers } = request;
  const negotiator = new Negotiator({ headers });
  const followsLink = (method === 'GET' || method === 'HEAD') && !/^\/+api(?![^/?])/i.test(url);
  if (followsLink && negotiator.mediaType([PROBLEM_JSON, JSON_TYPE, HTML]) === HTML) {
    return { type: HTML, body: problemPage(document) };
  }
  const named = negotiator.mediaTypes();
  const type = named.includes(JSON_TYPE) && !named.includes(PROBLEM_JSON) ? JSON_TYPE : PROBLEM_JSON;
  return { type, body: JSON.stringify(document) };
}

function problemPage({ title, status, detail, code }: ProblemDocument): string {
  // The page at / asks for the key, and remembers it for the other pages.
  const way = code === 'unauthorized' ? 'Enter the key at the first page' : 'Go to the first page';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} · Pixmill</title></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(detail)}</p><p><a href="/">${way}</a></p>
<p><small>${status} ${code}</small></p></body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
