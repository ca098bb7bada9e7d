import { createParser } from 'eventsource-parser';
import { PixmillError } from './error.ts';
import { pause } from './pause.ts';
import { asJson, call, type Server } from './server-calls.ts';
import type { Status } from './types.ts';

export interface FollowSettings {
  /** Called with every state that is heard of, the final one included. */
  onProgress?: (status: Status) => void;
  /** Called when the server cannot be reached or is not ready, each time before it is asked again. */
  onRetry?: (error: PixmillError) => void;
  /** Ends the waiting, not the work. */
  signal?: AbortSignal;
  /** How long the server may be away, for a restart for example, before waiting is given up; 600 where left out. */
  patienceSeconds?: number;
}

const POLL_MS = 2_000;
/** The server says something at once, and then every 15 s. */
const FIRST_EVENT_MS = 3_000;
const SILENCE_MS = 40_000;

/**
 * Waits until a request is finished: by live events, by asking where these do not come through.
 * @returns its final state, whatever that is
 * @throws PixmillError where there is no such request (any more), or the server stays away for too long
 */
export async function follow(server: Server, id: string, settings: FollowSettings): Promise<Status> {
  const { onProgress, onRetry, signal, patienceSeconds = 600 } = settings;
  let heardAt = Date.now();
  let live = true;
  const hear = (status: Status) => {
    heardAt = Date.now();
    onProgress?.(status);
    return isFinished(status);
  };
  for (;;) {
    let ms = POLL_MS;
    try {
      if (live) {
        // A proxy that holds the events back ends the first attempt at them with nothing.
        live = false;
        try {
          for await (const status of liveStates(server, id, signal)) {
            live = true;
            if (hear(status)) return status;
          }
        } catch (error) {
          // Something in between may let everything through but events: asking tells whether the server is there.
          if (!(error instanceof PixmillError && error.retryable)) throw error;
        }
      }
      const status = await call<Status>(server, statusPath(id), asJson, { signal, repeat: 'never' });
      if (hear(status)) return status;
    } catch (error) {
      if (!(error instanceof PixmillError && error.retryable)) throw error;
      ms = Math.max(POLL_MS / 2, (error.retryAfter ?? 0) * 1000);
      if (Date.now() + ms - heardAt > patienceSeconds * 1000) throw error;
      live = true;
      onRetry?.(error);
    }
    await pause(ms, signal);
  }
}

export const statusPath = (id: string) => `/api/status/${encodeURIComponent(id)}`;

function isFinished({ status }: Status): boolean {
  return status !== 'Pending' && status !== 'Processing';
}

/** The states of a request as they come; ends where the server or the network ends them, or nothing comes any more. */
async function* liveStates(server: Server, id: string, signal: AbortSignal | undefined): AsyncGenerator<Status> {
  const path = `/api/requests/${encodeURIComponent(id)}/events`;
  const stream = await call(server, path, ({ body }) => body, { signal, repeat: 'never' });
  if (!stream) return;
  const states: Status[] = [];
  const parser = createParser({ onEvent: ({ data }) => states.push(JSON.parse(data) as Status) });
  const decoder = new TextDecoder();
  // A reader, as Safari cannot iterate over a stream.
  const reader = stream.getReader();
  const give = () => reader.cancel().catch(() => undefined);
  let patience = FIRST_EVENT_MS;
  try {
    for (;;) {
      const timer = setTimeout(give, patience);
      // A connection that breaks ends the events; asking for the status tells what is the matter.
      const { done, value } = await reader
        .read()
        .catch((error) => {
          if (signal?.aborted) throw error;
          return { done: true, value: undefined };
        })
        .finally(() => clearTimeout(timer));
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* states.splice(0);
      patience = SILENCE_MS;
    }
  } finally {
    await give();
  }
}
