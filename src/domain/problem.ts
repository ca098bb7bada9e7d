import { PROBLEMS, type ProblemCode } from './catalogues/problems.ts';
import type { TableIssueCode } from './catalogues/table-issues.ts';
import { type CsvIssue, csvIssue, type IssuePlace, shownIssue, type WithValues } from './csv-issue.ts';

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

/** A refusal of a whole file, whose only issue says the same. @param place with the error of a parser as `cause` */
export function fileProblem<Code extends ProblemCode & TableIssueCode>(
  code: Code,
  place: IssuePlace & { cause?: unknown },
  ...values: WithValues<Code>
): Problem {
  const issue = csvIssue(code, place, ...values);
  return new Problem(code, issue.message, { issues: [shownIssue(issue)], cause: place.cause });
}
