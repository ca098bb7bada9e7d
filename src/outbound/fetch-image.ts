import { type FileHandle, open, rm } from 'node:fs/promises';
import { pipeline as pipe, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ImageFailure } from '../domain/failure.ts';
import type { Limits } from '../domain/limits.ts';
import { saveDataImage } from './data-image.ts';
import { createDeadline, unlessAborted } from './deadline.ts';
import type { Answer, GuardedAgent } from './guarded-agent.ts';
import { admit, drain, guardedFetch } from './guarded-fetch.ts';
import type { HostBreaker } from './host-breaker.ts';
import type { HostSlots } from './host-slots.ts';
import type { Asker } from './names.ts';
import { networkFailure } from './network-failure.ts';
import { retryAfterMs } from './retry-after.ts';

export interface FetchTools {
  agent: GuardedAgent;
  slots: HostSlots;
  breaker: HostBreaker;
  userAgent: string;
  limits: Pick<Limits, 'imageBytes' | 'firstByteMs' | 'downloadMs' | 'redirects'>;
  now(): number;
}

interface FetchImageOptions extends Asker {
  /** Lower ones go first. */
  priority: number;
  /** Returns when what is downloaded can be put somewhere. */
  whenRoom(): Promise<void>;
}

export type FetchImage = (url: URL, file: string, options: FetchImageOptions) => Promise<{ bytes: number }>;

/** Longest wait that a host may ask for; beyond it the image fails at once. */
const LONGEST_WAIT_MS = 120_000;
/** Gathered in memory before it is written: most images are smaller and take one write. */
const GATHERED_BYTES = 1_000_000;

/**
 * Streams what is behind a link into a new file, one try.
 * @throws ImageFailure; the file is gone then
 */
export function fetchImage(tools: FetchTools): FetchImage {
  return async (url, file, { priority, request, signal, whenRoom }) => {
    if (url.protocol === 'data:') return saveDataImage(url, file, tools.limits.imageBytes);
    const asker = { request, signal };
    // Before a slot is taken: a name that nobody answers for must hold none.
    await lookUp(url, tools, asker);
    const giveBack = await tools.slots.take(url.host, priority, signal);
    try {
      await unlessAborted(signal, whenRoom());
      return await download(url, file, tools, asker);
    } finally {
      giveBack();
    }
  };
}

async function lookUp(url: URL, { agent, breaker }: FetchTools, asker: Asker): Promise<void> {
  const leave = breaker.enter(url.host);
  try {
    await admit(agent, url, asker);
  } catch (error) {
    throw noted(error, url.host, breaker, asker.signal);
  } finally {
    leave();
  }
}

async function download(url: URL, file: string, tools: FetchTools, asker: Asker): Promise<{ bytes: number }> {
  const { breaker, limits } = tools;
  let leave = breaker.enter(url.host);
  const deadline = createDeadline(asker.signal);
  /** Whose answer is waited for: redirects may lead to a host that is down, through one that is well. */
  let here: URL | undefined = url;
  try {
    deadline.within('all', limits.downloadMs);
    deadline.within('first byte', limits.firstByteMs);
    const answer = await guardedFetch(tools.agent, url, {
      method: 'GET',
      headers: { 'user-agent': tools.userAgent, accept: 'image/*,*/*;q=0.8', 'accept-encoding': 'identity' },
      request: asker.request,
      signal: deadline.signal,
      redirects: limits.redirects,
      onRedirect(next) {
        if (here) breaker.succeeded(here.host);
        here = undefined;
        const leaveNext = breaker.enter(next.host);
        leave();
        leave = leaveNext;
        here = next;
      },
    });
    deadline.clear('first byte');
    const answered = here;
    here = undefined;
    await refuseStatus(answer, answered, tools);
    breaker.succeeded(answered.host);
    return { bytes: await save(answer, file, limits.imageBytes) };
  } catch (error) {
    // An error of the answer's stream hides the reason why it was ended.
    const reason = deadline.signal.aborted ? deadline.signal.reason : error;
    await rm(file, { force: true });
    throw here ? noted(reason, here.host, breaker, asker.signal) : networkFailure(reason);
  } finally {
    leave();
    deadline.end();
  }
}

/** Makes a failure of an error, and tells the breaker where it says something about the host. */
function noted(error: unknown, host: string, breaker: HostBreaker, caller: AbortSignal): ImageFailure {
  const failure = networkFailure(error);
  const ours = caller.aborted || failure.code === 'address_refused' || !failure.countsAsTry;
  if (!ours) breaker.failed(host, failure.code);
  return failure;
}

/** @throws ImageFailure for every status that is no image */
async function refuseStatus(answer: Answer, { host }: URL, { breaker, now }: FetchTools): Promise<void> {
  const { statusCode, headers } = answer;
  if (statusCode === 200 || statusCode === 203) return;
  await drain(answer);
  // Any status but these shows a host that works.
  if (statusCode !== 429) breaker.succeeded(host);
  // No content, or a part that nobody asked for.
  if (statusCode >= 200 && statusCode < 300) throw new ImageFailure('not_an_image', { stage: 'download' });
  const wait = retryAfterMs(headers['retry-after'], now());
  if (wait === undefined) throw new ImageFailure(`http_${statusCode}`);
  if (wait > LONGEST_WAIT_MS) throw new ImageFailure(`http_${statusCode}`, { retry: false });
  if (statusCode === 429) breaker.hold(host, wait);
  throw new ImageFailure(`http_${statusCode}`, { retryAfterMs: wait });
}

/** @returns how many bytes there were, decoded where the host compressed them against our wish */
async function save(answer: Answer, file: string, limit: number): Promise<number> {
  const encoding = String(answer.headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase();
  const tooLong = Number(answer.headers['content-length'] ?? 0) > limit;
  if (tooLong || !Object.hasOwn(DECODERS, encoding)) {
    await drain(answer);
    throw tooLong ? tooLarge(limit) : new ImageFailure('bad_response', { retry: false });
  }
  const body = decoded(answer.body, DECODERS[encoding]);
  // Decoders may be another user; the folder around it is for them and us alone.
  const handle = await open(file, 'wx', 0o644);
  try {
    let bytes = 0;
    let gathered: Buffer[] = [];
    let gatheredBytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(limit);
      gathered.push(chunk);
      gatheredBytes += chunk.length;
      if (gatheredBytes < GATHERED_BYTES) continue;
      await append(handle, gathered, gatheredBytes);
      gathered = [];
      gatheredBytes = 0;
    }
    await append(handle, gathered, gatheredBytes);
    if (bytes === 0) throw new ImageFailure('not_an_image', { message: 'The link delivers an empty file.' });
    return bytes;
  } finally {
    body.destroy();
    await handle.close();
  }
}

/** All of it: a vectored write that meets a full disk ends half-way, without an error. */
async function append(handle: FileHandle, pieces: Buffer[], bytes: number): Promise<void> {
  if (bytes === 0) return;
  const { bytesWritten } = await handle.writev(pieces);
  if (bytesWritten < bytes) await handle.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
}

const DECODERS: Record<string, (() => Transform) | undefined> = {
  identity: undefined,
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** We ask for the bytes as they are; some hosts compress nevertheless. The limit counts what comes out. */
function decoded(body: Readable, decoder: (() => Transform) | undefined): Readable {
  // An error of the body reaches the reader through the decoder.
  return decoder ? pipe(body, decoder(), () => undefined) : body;
}

function tooLarge(limit: number): ImageFailure {
  return new ImageFailure('too_large', { message: `The file is larger than ${limit / 1_000_000} MB.` });
}
