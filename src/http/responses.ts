import type { TSchema } from 'typebox';
import { PROBLEMS, type ProblemCode } from '../domain/catalogues/problems.ts';
import { PROBLEM_STATUSES } from './error-response.ts';
import { named } from './schema-members.ts';
import { ProblemSchema } from './schemas.ts';

/** The responses of an operation, for its documentation: the good ones, then each way in which it refuses. */
export function responses(good: Record<number, object>, ...refusals: ProblemCode[]): object {
  const byStatus = Map.groupBy([...refusals, 'internal_error' as const], (code) => PROBLEM_STATUSES[code]);
  const refused = [...byStatus].map(([status, codes]) => [
    status,
    {
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code]}`).join('\n\n'),
      content: { 'application/problem+json': { schema: named(ProblemSchema) } },
    },
  ]);
  return { ...good, ...Object.fromEntries(refused) };
}

/** A JSON response. */
export function json(description: string, schema: TSchema & { $id?: string }): object {
  return { description, content: { 'application/json': { schema: named(schema) } } };
}

/** A response of another type. */
export function content(description: string, ...types: string[]): object {
  const schema = { type: 'string' };
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}
