import type { CsvIssue, Problem } from './types.ts';

/** A request that the server refused, or that never got a response. */
export class PixmillError extends Error {
  override readonly name = 'PixmillError';
  /**
   * What went wrong, for programs: a code of the server (its docs list them), or one of the client: `unreachable`,
   * `unexpected_answer`, `invalid_signature`.
   */
  readonly code: string;
  /** The HTTP status; null where there was no response. */
  readonly status: number | null;
  /** What the server says about the refusal; null where what came was no problem document, or nothing. */
  readonly problem: Problem | null;
  /** What is wrong with the CSV: the first 100. */
  readonly issues: CsvIssue[];
  /** How many issues there are in all. */
  readonly issuesTotal: number;
  /** Seconds after which to try again, where the server names them. */
  readonly retryAfter: number | null;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    more: { status?: number; problem?: Problem; retryAfter?: number | null; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.status = more.status ?? null;
    this.problem = more.problem ?? null;
    this.issues = more.problem?.errors ?? [];
    this.issuesTotal = more.problem?.errors_total ?? this.issues.length;
    this.retryAfter = more.retryAfter ?? null;
    this.retryable = more.retryable ?? false;
  }
}

/** RFC 9110 section 15: statuses that say nothing about the request itself. 502 and 504 come from a proxy. */
const PASSING = new Set([408, 429, 502, 503, 504]);

/** What a refusal says (RFC 9457); a proxy in between may answer with anything. */
export async function refusal(response: Response): Promise<PixmillError> {
  const { status } = response;
  const problem = await response.json().then(asProblem, () => undefined);
  const code = problem?.code ?? 'unexpected_answer';
  const message = problem
    ? [problem.title.replace(/\.$/, ''), problem.detail].filter(Boolean).join(': ')
    : `The server answered with status ${status}.`;
  const more = { status, retryAfter: retryAfter(response), retryable: PASSING.has(status) };
  return new PixmillError(code, message, problem ? { ...more, problem } : more);
}

function asProblem(body: unknown): Problem | undefined {
  const { code, title } = (body ?? {}) as Partial<Problem>;
  return typeof code === 'string' && typeof title === 'string' ? (body as Problem) : undefined;
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function retryAfter({ headers }: Response): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
