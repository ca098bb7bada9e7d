/** One thing that is wrong in a CSV: where it stands and what it is. Lines count from 1, the header included. */
export interface CsvIssue {
  line: number;
  /** The column's name in the header, or null where the whole line is meant. */
  column: string | null;
  code: string;
  message: string;
}

/** How many CSV issues an answer lists; the rest is only counted. */
export const LISTED_ISSUES = 100;

/** Every way in which a call can be refused, with the sentence that a client sees first. */
export const PROBLEMS = {
  file_missing: 'file not provided',
  several_files: 'Send one file at a time.',
  unknown_field: 'The form has a field that this server does not know.',
  invalid_option: 'An option has a value that is not allowed.',
  invalid_webhook_url: 'The webhook address cannot be used.',
  invalid_multipart: 'The upload is not a well-formed multipart form.',
  csv_invalid: 'CSV validation failed',
  missing_columns: 'CSV validation failed',
  duplicate_columns: 'CSV validation failed',
  empty_file: 'CSV validation failed',
  no_rows: 'CSV validation failed',
  not_csv: 'CSV validation failed',
  unclosed_quote: 'CSV validation failed',
  row_too_long: 'CSV validation failed',
  too_many_columns: 'CSV validation failed',
  too_much_to_store: 'CSV validation failed',
  too_many_images: 'CSV validation failed',
  csv_too_large: 'The file is larger than the limit.',
  idempotency_conflict: 'This Idempotency-Key was used with another upload.',
  unauthorized: 'This needs a key.',
  too_many_calls: 'Too many calls. Try again later.',
  quota_exceeded: 'The quota is used up.',
  not_found: 'There is nothing at this address.',
  request_not_found: 'There is no request with this id.',
  image_not_found: 'There is no image with this name.',
  invalid_signature: 'The signature of this link is missing or wrong.',
  link_expired: 'This link has expired.',
  not_finished: 'The request is not finished yet.',
  not_active: 'The request is already finished.',
  still_active: 'The request is still running. Cancel it first, or wait.',
  nothing_to_retry: 'The request has no failed images.',
  nothing_to_deliver: 'The request has no webhook.',
  invalid_parameter: 'A parameter of the address has a value that is not allowed.',
  unsupported_media_type: 'Send the CSV as multipart/form-data.',
  method_not_allowed: 'This address does not take this method.',
  bad_request: 'The request is not well-formed.',
  overloaded: 'The server has more work than it can take. Try again later.',
  disk_full: 'The server has no room left. Try again later.',
  unavailable: 'The database or the storage cannot be reached. Try again later.',
  internal_error: 'Something went wrong on our side.',
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** A refused call: a code that clients can rely on, a sentence for people, CSV issues where there are any. */
export class Problem extends Error {
  readonly code: ProblemCode;
  /** What exactly is wrong and what to do. */
  readonly detail: string | undefined;
  /** At most `LISTED_ISSUES`. */
  readonly issues: CsvIssue[];
  /** How many issues there really are. */
  readonly issueCount: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    more: { issues?: CsvIssue[]; issueCount?: number; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(PROBLEMS[code], { cause: more.cause });
    this.name = 'Problem';
    this.code = code;
    this.detail = detail;
    this.issues = more.issues ?? [];
    this.issueCount = more.issueCount ?? this.issues.length;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}
