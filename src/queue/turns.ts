import type { NewJob } from '../pipeline/ports/queue.ts';

/**
 * The turns of jobs: a number each, and the lowest is handed out first. A customer's jobs stand at one turn after the other
 * behind the present one, so that a customer with a thousand jobs and one with a single job get theirs alternately, whoever
 * came first, and nobody waits for ever. A request's jobs stand `rank` turns apart: of a customer with many requests all
 * advance, and a small one passes a large one, but together they do not get more than their customer's share.
 * (Start-time fair queueing: P. Goyal, H. Vin, H. Cheng, SIGCOMM 1996.)
 * @param present the turn that was handed out last
 * @returns turns of the jobs, in their order
 */
export function turnsOf(jobs: NewJob[], present: number): number[] {
  const before = new Map<string, number>();
  return jobs.map(({ kind, request, rank = 1 }) => {
    const line = `${kind} ${request}`;
    const place = (before.get(line) ?? 0) + 1;
    before.set(line, place);
    return Math.min(present + rank * place, LAST_TURN);
  });
}

/** PostgreSQL keeps a turn as an `integer`. */
const LAST_TURN = 2 ** 31 - 1;
