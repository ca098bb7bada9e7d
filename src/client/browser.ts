/**
 * A `fetch` for browsers that tells how much of an upload is sent, which the browser's own does not.
 * @param onProgress gets 0 to 1 while the body is on its way
 * @returns to be handed to `new Pixmill({ fetch })`; what it sends and gives back is what `fetch` does, except that the
 * whole response is read first
 * @example
 * const pixmill = new Pixmill({ url, fetch: fetchWithProgress((share) => { bar.value = share; }) });
 * await pixmill.upload(file);
 */
export function fetchWithProgress(onProgress: (share: number) => void): typeof fetch {
  return async (input, init) => {
    const sent = new Request(input, { ...init, body: null });
    const { signal } = init ?? {};
    const request = new XMLHttpRequest();
    request.open(sent.method, sent.url);
    request.responseType = 'blob';
    for (const [name, value] of sent.headers) request.setRequestHeader(name, value);
    return new Promise((resolve, reject) => {
      const stop = () => request.abort();
      request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total);
      request.onload = () => resolve(asResponse(request));
      request.onerror = () => reject(new TypeError('The connection broke, or there was none.'));
      request.onabort = () => reject(signal?.reason);
      request.onloadend = () => signal?.removeEventListener('abort', stop);
      signal?.addEventListener('abort', stop, { once: true });
      request.send((init?.body ?? null) as Blob | null);
      if (signal?.aborted) stop();
    });
  };
}

/** The Fetch standard, "null body status": a response with one of these takes no body, not even an empty one. */
const WITHOUT_BODY = new Set([204, 205, 304]);

function asResponse(request: XMLHttpRequest): Response {
  const lines = request.getAllResponseHeaders().trim().split(/\r\n/);
  const headers = lines.filter(Boolean).map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const body = WITHOUT_BODY.has(request.status) ? null : (request.response as Blob);
  return new Response(body, { status: request.status, headers });
}
