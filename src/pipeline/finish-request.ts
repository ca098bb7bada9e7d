import { type Progress, settledStatus } from '../domain/request.ts';

export interface Finish {
  status: 'Completed' | 'Failed';
  /** The webhook message to send, if the request wants one. */
  delivery: { webhookId: string; url: string } | null;
}

/**
 * What becomes of a request after images were settled, decided by whoever settles the last one, inside the transaction
 * that does so: it happens once, or not at all.
 * @returns undefined while images are pending, and for a cancelled request, which is finished already
 */
export function finishRequest(
  counters: Pick<Progress, 'imagesTotal' | 'imagesDone' | 'imagesFailed' | 'webhookUrl'> & { status: string },
  newId: () => string,
): Finish | undefined {
  const active = counters.status === 'Pending' || counters.status === 'Processing';
  if (!active || counters.imagesDone + counters.imagesFailed < counters.imagesTotal) return undefined;
  return {
    status: settledStatus(counters.imagesDone),
    delivery: counters.webhookUrl === null ? null : { webhookId: `msg_${newId()}`, url: counters.webhookUrl },
  };
}
