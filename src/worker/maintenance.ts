import type { Logger } from 'pino';
import type { ImageStorage, RequestStore } from '../pipeline/ports.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Requests looked up at a time; the next ones follow at once. */
const AT_A_TIME = 20;

/** Deletes finished requests that are older than the retention, every hour; 0 days keeps everything. */
export function startMaintenance(settings: {
  store: Pick<RequestStore, 'finishedBefore' | 'deleteRequest'>;
  storage: Pick<ImageStorage, 'remove'>;
  retentionDays: number;
  now(): number;
  log: Logger;
}): { stop(): Promise<void> } {
  const { store, storage, retentionDays, now, log } = settings;
  let stopping = false;
  let running: Promise<void> = Promise.resolve();

  async function deleteExpired(): Promise<void> {
    for (;;) {
      const expired = await store.finishedBefore(now() - retentionDays * DAY_MS, AT_A_TIME);
      for (const id of expired) {
        if (stopping) return;
        await store.deleteRequest(id, storage.remove);
        log.info({ request: id }, 'deleted after its retention time');
      }
      if (expired.length < AT_A_TIME) return;
    }
  }

  function turn(): void {
    running = deleteExpired().catch((error) => log.error({ err: error }, 'old requests could not be deleted'));
  }

  if (retentionDays > 0) turn();
  const timer = retentionDays > 0 ? setInterval(turn, HOUR_MS) : undefined;
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      await running;
    },
  };
}
