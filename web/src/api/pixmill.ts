import { fetchWithProgress } from '../../../src/client/browser.ts';
import { Pixmill } from '../../../src/client/pixmill.ts';
import { wantKey } from './key-wanted.ts';

/** To the server that the page came from; its session, a cookie, goes along by itself. */
function toThisServer(send: typeof fetch): Pixmill {
  return new Pixmill({
    url: window.location.origin,
    // What is read is asked for again by the queries; what is changed, by whoever looks on.
    repeats: 0,
    fetch: async (input, init) => {
      const response = await send(input, init);
      if (response.status === 401) wantKey();
      return response;
    },
  });
}

export const pixmill = toThisServer((input, init) => fetch(input, init));

/** The same, telling how much of an upload is sent, from 0 to 1. */
export const pixmillWithProgress = (onProgress: (share: number) => void): Pixmill =>
  toThisServer(fetchWithProgress(onProgress));
