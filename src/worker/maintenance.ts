import type { Logger } from 'pino';
import type { PipelineObserver } from '../pipeline/ports/pipeline-observer.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { RequestLifecycle } from '../pipeline/ports/store/lifecycle.ts';
import type { UpkeepStore } from '../pipeline/ports/store/upkeep.ts';
import { sweepOrphans } from './orphans.ts';
import { createTrustedClock } from './trusted-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Requests looked up at a time; the next ones follow at once. */
const AT_A_TIME = 20;

/**
 * Every hour: deletes finished requests that are older than the retention (0 days keeps everything), and once a day, in
 * one process of all, removes files that belong to no image.
 */
export function startMaintenance(settings: {
  store: UpkeepStore & Pick<RequestLifecycle, 'deleteRequest'>;
  storage: Pick<ImageStorage, 'list' | 'find' | 'remove'>;
  retentionDays: number;
  removeOrphans: boolean;
  observer: Pick<PipelineObserver, 'swept'>;
  /** A clock that does not jump. */
  steadyNow(): number;
  wallNow(): number;
  log: Logger;
}): { stop(): Promise<void> } {
  const { store, storage, retentionDays, removeOrphans, observer, steadyNow, wallNow, log } = settings;
  const clock = createTrustedClock(store, steadyNow, wallNow, log);
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function deleteExpired(now: number): Promise<void> {
    for (;;) {
      const expired = await store.finishedBefore(now - retentionDays * DAY_MS, AT_A_TIME);
      for (const id of expired) {
        if (stopping.signal.aborted) return;
        await store.deleteRequest(id, storage.remove);
        log.info({ request_id: id }, 'deleted after its retention time');
      }
      if (expired.length < AT_A_TIME) return;
    }
  }

  async function sweep(now: number): Promise<void> {
    if (!(await store.takeTurn('orphans_swept_at', DAY_MS))) return;
    const { files, bytes } = await sweepOrphans({ store, storage, now: () => now }, stopping.signal);
    observer.swept(files, bytes);
  }

  async function turn(): Promise<void> {
    const now = await clock.look().catch((error) => {
      log.error({ err: error }, 'the time of the last deletions could not be read');
    });
    if (now === undefined) return;
    if (retentionDays > 0)
      await deleteExpired(now).catch((error) => log.error({ err: error }, 'old requests could not be deleted'));
    if (removeOrphans && !stopping.signal.aborted)
      await sweep(now).catch((error) =>
        log.error({ err: error }, 'files that belong to no image could not be removed'),
      );
  }

  // One after the other: searching a large storage may take longer than an hour.
  const next = () => {
    running = running.then(turn);
  };
  next();
  const timer = setInterval(next, HOUR_MS);
  return {
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await running;
    },
  };
}
