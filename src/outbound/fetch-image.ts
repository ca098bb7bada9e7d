import { rm } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { customerOf } from '../domain/customer.ts';
import { ImageFailure, tooManyRedirects } from '../domain/failure.ts';
import type { Limits } from '../domain/limits.ts';
import { type CookieJar, createCookieJar } from './cookie-jar.ts';
import { saveDataLink } from './data-link.ts';
import { createDeadline, unlessAborted } from './deadline.ts';
import { type GuardedAgent, type HttpResponse, portOf } from './guarded-agent.ts';
import type { HostBreaker, Target } from './host-breaker.ts';
import type { HostPace } from './host-pace.ts';
import type { ResolveOptions } from './host-resolver.ts';
import type { HostSlots } from './host-slots.ts';
import { networkFailure } from './network-failure.ts';
import { isRedirect, nextAddress, redirectAddress } from './next-address.ts';
import { pageFailure, refusalMessage } from './response-failure.ts';
import { retryAfterMs as askedPause } from './retry-after.ts';
import { headerOf, saveBody } from './save-body.ts';
import { drain, resolveChecked, sendRequest } from './send-request.ts';
import type { Source, Sources } from './sources.ts';
import { readWebPage } from './web-page.ts';

export interface FetchTools {
  agent: GuardedAgent;
  slots: HostSlots;
  breaker: HostBreaker;
  pace: HostPace;
  sources: Sources;
  userAgent: string;
  limits: Pick<Limits, 'imageBytes' | 'firstByteMs' | 'downloadMs' | 'redirects'>;
  now(): number;
}

interface FetchImageOptions extends ResolveOptions {
  /** Lower ones go first. */
  priority: number;
  /** Who uploaded the link, '' where no keys are in use: what hosts do to one customer's links decides nothing for another's. */
  customer: string;
  /** Returns when what is downloaded can be put somewhere. */
  whenRoom(): Promise<void>;
}

interface FetchedImage {
  /** Of the file. */
  bytes: number;
  /** What came over the network of it: fewer where the host compressed it, none for a `data:` link. */
  bytesTransferred: number;
  /** Of the file, in hex. */
  sha256: string;
  /** Validators of the response (RFC 9110 section 8.8), as they came. */
  etag: string | null;
  lastModified: string | null;
}

export type FetchImage = (link: URL, file: string, options: FetchImageOptions) => Promise<FetchedImage>;

/** Longest wait that a host may ask for; beyond it the image fails at once. */
const LONGEST_WAIT_MS = 120_000;
/** How soon an image comes back whose try was spoilt by a pause of our own process. */
const AFTER_STALL_MS = 1_000;

/** As browsers ask for pictures: hosts that choose a format by it give others a poorer one. */
const ACCEPT = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';

/** A link that is followed over its redirects. */
interface Chain {
  link: URL;
  file: string;
  options: FetchImageOptions;
  cookies: CookieJar;
  /** What is left of the longest download. Waiting for a slot is none of it. */
  msLeft: number;
}

/**
 * Streams what is behind a link into a new file, one try. Every redirect is a step like the first: its address is
 * checked, it takes a slot of its own host, and what goes wrong is held against that host alone.
 * @throws ImageFailure; the file is gone then
 */
export function fetchImage(tools: FetchTools): FetchImage {
  return async (link, file, options) => {
    if (link.protocol === 'data:') return fetchDataLink(link, file, options, tools);
    const { downloadMs, redirects } = tools.limits;
    const chain = { link, file, options, cookies: createCookieJar(Date.now), msLeft: downloadMs };
    let url = link;
    for (let hop = 0; ; hop++) {
      const outcome = await visit(url, chain, tools);
      if (!(outcome instanceof URL)) return outcome;
      if (hop === redirects) throw tooManyRedirects(redirects);
      url = outcome;
    }
  };
}

async function fetchDataLink(link: URL, file: string, { signal, whenRoom }: FetchImageOptions, { limits }: FetchTools) {
  await unlessAborted(signal, whenRoom());
  try {
    const saved = await saveDataLink(link, file, limits.imageBytes);
    return { ...saved, bytesTransferred: 0, etag: null, lastModified: null };
  } catch (error) {
    await rm(file, { force: true });
    throw networkFailure(error);
  }
}

/** One step of the chain. @returns the image, or where the next step leads */
async function visit(url: URL, chain: Chain, tools: FetchTools): Promise<FetchedImage | URL> {
  const { agent, pace, slots, sources } = tools;
  const { customer, priority, request, signal, whenRoom } = chain.options;
  const target = { host: url.host, customer };
  sources.admit(url);
  const source = sources.of(url);
  // Before a slot is taken: a name that no server answers for must hold none.
  const addresses = await throughBreaker(target, tools, signal, () => resolveChecked(agent, url, { request, signal }));
  const isPaced = await pace.next(target, source.perSecond, signal);
  const place = { host: url.host, port: portOf(url), addresses, customer, priority, limit: source.downloads };
  const release = await slotWithRoom(() => slots.acquire(place, signal), whenRoom, signal);
  try {
    // The host may have asked for a slower pace while this one waited for its slot.
    if (!isPaced) await pace.next(target, source.perSecond, signal);
    return await throughBreaker(target, tools, signal, (answered) => download(url, source, chain, tools, answered));
  } finally {
    release();
  }
}

/**
 * Waits for a slot while there is room for the file. A slot is given back when there is none: the host is that of other
 * customers, too, who have room.
 */
async function slotWithRoom(
  acquire: () => Promise<() => void>,
  whenRoom: () => Promise<void>,
  signal: AbortSignal,
): Promise<() => void> {
  for (;;) {
    await unlessAborted(signal, whenRoom());
    const release = await acquire();
    const room = whenRoom().then(() => true);
    if (await Promise.race([room, setImmediate(false)])) return release;
    release();
    await unlessAborted(signal, room);
  }
}

/**
 * Lets work with a host happen if its breaker does, and tells the breaker what became of it.
 * @param work calls `answered` when a response came: what fails after that is no sign of a dead host
 */
async function throughBreaker<T>(
  target: Target,
  { breaker }: FetchTools,
  caller: AbortSignal,
  work: (answered: () => void) => Promise<T>,
): Promise<T> {
  const release = breaker.acquire(target);
  let hasAnswered = false;
  try {
    return await work(() => {
      hasAnswered = true;
    });
  } catch (error) {
    const failure = networkFailure(error);
    const isOurs = caller.aborted || failure.code === 'address_refused' || !failure.countsAsTry;
    if (!hasAnswered && !isOurs) breaker.failed(target, failure.code);
    throw failure;
  } finally {
    release();
  }
}

async function download(
  url: URL,
  source: Source,
  chain: Chain,
  tools: FetchTools,
  answered: () => void,
): Promise<FetchedImage | URL> {
  const { agent, breaker, limits } = tools;
  const { customer, request, signal } = chain.options;
  const deadline = createDeadline(signal);
  try {
    deadline.within('all', chain.msLeft);
    deadline.within('first byte', limits.firstByteMs);
    const headers = headersFor(url, source, chain, tools);
    const response = await sendRequest(agent, url, { method: 'GET', headers, request, signal: deadline.signal });
    deadline.clear('first byte');
    answered();
    // 429 says how the host is; it must not undo what an earlier one said.
    if (response.statusCode !== 429) breaker.succeeded({ host: url.host, customer });
    chain.cookies.keep(url, response);
    return await outcomeOf(response, url, chain, tools);
  } catch (error) {
    // An error of the body's stream hides the reason why it was ended.
    const reason = deadline.signal.aborted ? deadline.signal.reason : error;
    await rm(chain.file, { force: true });
    throw deadline.stalled() ? withoutTry(networkFailure(reason)) : reason;
  } finally {
    chain.msLeft = deadline.clear('all');
    deadline.end();
  }
}

/**
 * The operator's headers go to the host that the link names, and to no other that a redirect leads to: they may be a
 * login. Cookies go to the host that set them.
 */
function headersFor(url: URL, source: Source, { link, options, cookies }: Chain, { userAgent }: FetchTools) {
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    accept: ACCEPT,
    'accept-encoding': 'identity',
    ...(url.host === link.host ? source.headersFor(customerOf(options.customer) ?? options.customer) : {}),
  };
  const cookie = [headers.cookie ?? '', cookies.header(url)].filter(Boolean).join('; ');
  return cookie === '' ? headers : { ...headers, cookie };
}

async function outcomeOf(
  response: HttpResponse,
  url: URL,
  chain: Chain,
  tools: FetchTools,
): Promise<FetchedImage | URL> {
  const { statusCode, headers } = response;
  const { location } = headers;
  if (isRedirect(statusCode, location)) {
    await drain(response);
    return redirectAddress(url, location);
  }
  if (statusCode !== 200 && statusCode !== 203) throw await refused(response, url, chain, tools);
  const saved = await saveBody(response, chain.file, tools.limits.imageBytes);
  if (saved.kind === 'text') {
    const page = readWebPage(saved.text, url);
    const next = page.next === undefined ? undefined : nextAddress(url, page.next);
    // A page that leads to itself goes on only with a new cookie.
    if (next && (next.href !== url.href || headers['set-cookie'])) return next;
    throw pageFailure(page.kind, { link: chain.link, url, userAgent: tools.userAgent });
  }
  tools.pace.succeeded({ host: url.host, customer: chain.options.customer });
  const { bytes, bytesTransferred, sha256 } = saved;
  const etag = headerOf(response, 'etag') || null;
  return { bytes, bytesTransferred, sha256, etag, lastModified: headerOf(response, 'last-modified') || null };
}

/** What a status means that is no image. */
async function refused(response: HttpResponse, url: URL, chain: Chain, tools: FetchTools): Promise<ImageFailure> {
  const { breaker, now, pace, userAgent } = tools;
  const { statusCode, headers } = response;
  const target = { host: url.host, customer: chain.options.customer };
  const code = `http_${statusCode}` as const;
  const message = await refusalMessage(response, { link: chain.link, url, userAgent });
  // No content, or a part that nobody asked for.
  if (statusCode >= 200 && statusCode < 300) return new ImageFailure('not_an_image', { stage: 'download', message });
  const wait = askedPause(headers['retry-after'], now());
  if (wait !== undefined && wait > LONGEST_WAIT_MS) return new ImageFailure(code, { message, retry: false });
  if (statusCode === 429 && wait !== undefined) breaker.hold(target, wait);
  // A host that gives pictures out only asks for a slower pace, which is not the image's fault.
  const turn = statusCode === 429 ? pace.tooMany(target) : undefined;
  const retryAfterMs = wait ?? turn;
  const countsAsTry = turn === undefined;
  return new ImageFailure(code, { message, countsAsTry, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** The process stood still in the middle of it: the host may have answered in vain. */
function withoutTry(failure: ImageFailure): ImageFailure {
  if (!/^(timed_out|connect_failed|dns_failed|bad_response)$/.test(failure.code)) return failure;
  return new ImageFailure(failure.code, {
    cause: failure,
    retry: true,
    countsAsTry: false,
    retryAfterMs: AFTER_STALL_MS,
  });
}
