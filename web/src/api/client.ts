import { wantKey } from './key-wanted.ts';
import type { ApiProblem } from './types.ts';

/** A call that the server refused, or that never reached it. */
export class ApiError extends Error {
  readonly problem: ApiProblem | undefined;

  constructor(message: string, problem?: ApiProblem) {
    super(message);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** Reads what a refusal says; a proxy in between may answer with anything. */
export function apiError(status: number, body: string): ApiError {
  try {
    const problem = JSON.parse(body) as ApiProblem;
    if (typeof problem.title === 'string') return new ApiError(problem.title, problem);
  } catch {
    // Not JSON: the sentence below has to do.
  }
  return new ApiError(`The server answered with status ${status}.`);
}

export const UNREACHABLE = 'The server cannot be reached. Check the connection, then try again.';

async function call(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(path, init).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(UNREACHABLE);
  });
  if (answer.status === 401) wantKey();
  if (!answer.ok) throw apiError(answer.status, await answer.text());
  return answer;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call(path, signal ? { signal } : {})).json() as Promise<T>;
}

export async function postJson<T>(path: string): Promise<T> {
  return (await call(path, { method: 'POST' })).json() as Promise<T>;
}

export async function remove(path: string): Promise<void> {
  await call(path, { method: 'DELETE' });
}
