import type { ProblemCode } from '../../domain/catalogues/problems.ts';
import type { CsvIssue } from '../../domain/csv-issue.ts';
import { Problem } from '../../domain/problem.ts';
import type { ReadSettings, ReadTable } from '../read-products.ts';
import type { UnpackedFile } from '../unpack.ts';
import type { PackedBatch } from './packed-batch.ts';

/** What a thread is asked to do, one thing at a time. */
export type Job =
  | { do: 'unpack'; path: string; to: string; name: string; csvBytes: number; sheet: string | undefined }
  | { do: 'read'; path: string; settings: ReadSettings }
  /** The next batch of the table that is being read. */
  | { do: 'next' };

/** What it answers, once for each thing. */
export type Answer =
  | { is: 'unpacked'; file: UnpackedFile }
  | { is: 'table'; table: Omit<ReadTable, 'batches' | 'links'> }
  | { is: 'batch'; batch: PackedBatch }
  | { is: 'end'; links: readonly number[] }
  | {
      is: 'problem';
      code: ProblemCode;
      detail: string | undefined;
      issues: CsvIssue[];
      issueCount: number;
      stack: string;
    }
  | { is: 'error'; message: string; stack: string; code: string | undefined; syscall: string | undefined };

/** An error as it crosses to another thread, where its class would get lost. */
export function errorAnswer(error: unknown): Answer {
  const { message, stack = '', code, syscall } = error as NodeJS.ErrnoException;
  if (!(error instanceof Problem)) return { is: 'error', message, stack, code, syscall };
  const { detail, issues, issueCount } = error;
  return { is: 'problem', code: error.code, detail, issues, issueCount, stack: causes(error) };
}

/** The error that an answer stands for; undefined where it is none. */
export function errorOf(answer: Answer): Error | undefined {
  if (answer.is === 'problem') {
    const { code, detail, issues, issueCount, stack } = answer;
    return new Problem(code, detail, { issues, issueCount, cause: stack });
  }
  if (answer.is !== 'error') return undefined;
  const { message, stack, code, syscall } = answer;
  return Object.assign(new Error(message), { stack, ...(code && { code }), ...(syscall && { syscall }) });
}

function causes(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? `${error.stack}\n[cause]: ${causes(cause)}` : `${error.stack}`;
}
