import { isIP } from 'node:net';
import { imageUrl } from '../domain/image.ts';
import { DEFAULT_LIMITS, type Limits } from '../domain/limits.ts';
import { type FetchImage, fetchImage } from './fetch-image.ts';
import { createGuardedAgent } from './guarded-agent.ts';
import { createHostBreaker, type HostBreaker } from './host-breaker.ts';
import { createHostPace } from './host-pace.ts';
import { createHostResolver, type HostResolver, type Lookup } from './host-resolver.ts';
import { createHostSlots, type HostSlots } from './host-slots.ts';
import { type Allowed, isAllowed, isPublic, parseAllowed } from './public-address.ts';
import { refusal } from './send-request.ts';
import { type SendWebhook, sendWebhook } from './send-webhook.ts';
import { NO_SOURCES, type Sources } from './sources.ts';
import { systemLookup } from './system-lookup.ts';

export interface OutboundSettings {
  allowAddresses: string[];
  userAgent: string;
  downloads: number;
  downloadsPerHost: number;
  limits: Pick<Limits, 'imageBytes' | 'firstByteMs' | 'downloadMs' | 'redirects'> & Partial<Pick<Limits, 'lookupMs'>>;
  /** What the operator says about single hosts. */
  sources?: Sources;
  /** Host names looked up at once. */
  lookups?: number;
  lookup?: Lookup;
  now?: () => number;
  webhookMs?: number;
}

/** The only part that opens connections to addresses that users gave. */
export interface Outbound {
  fetchImage: FetchImage;
  sendWebhook: SendWebhook;
  /** Why an address can never be called, as a sentence; undefined where it may work. Nothing is looked up. */
  webhookProblem(url: string): string | undefined;
  /** What holds downloads up, for whoever looks. */
  slots: Pick<HostSlots, 'running' | 'waiting'>;
  hosts: Pick<HostBreaker, 'troubled'>;
  names: Pick<HostResolver, 'load'>;
  close(): Promise<void>;
}

/** Two questions each: dnsmasq, the name server of many small networks, takes 150 at once. */
const DEFAULT_LOOKUPS = 75;

/** Characters of a webhook address. */
const WEBHOOK_LENGTH = 2_048;

export function createOutbound(settings: OutboundSettings): Outbound {
  const { userAgent, limits, lookups: atOnce = DEFAULT_LOOKUPS, now = Date.now, sources = NO_SOURCES } = settings;
  const allowed = settings.allowAddresses.map(parseAllowed);
  // No lookup takes longer than the first byte of a response may.
  const lookupMs = Math.min(limits.lookupMs ?? DEFAULT_LIMITS.lookupMs, limits.firstByteMs);
  const resolver = createHostResolver({ lookup: settings.lookup ?? systemLookup(lookupMs), atOnce, lookupMs });
  const agent = createGuardedAgent({
    allowed,
    resolver,
    connectionsPerHost: Math.max(settings.downloadsPerHost, sources.mostDownloads),
    connectMs: limits.firstByteMs,
  });
  const slots = createHostSlots(settings.downloads, settings.downloadsPerHost);
  const breaker = createHostBreaker(now);
  const pace = createHostPace(now);
  return {
    fetchImage: fetchImage({ agent, slots, breaker, pace, sources, userAgent, limits, now }),
    sendWebhook: sendWebhook(agent, userAgent, now, settings.webhookMs),
    webhookProblem: (url) => webhookProblem(url, allowed),
    slots,
    hosts: breaker,
    names: resolver,
    async close() {
      resolver.close();
      await agent.close();
    },
  };
}

function webhookProblem(text: string, allowed: Allowed[]): string | undefined {
  if (text.length > WEBHOOK_LENGTH) return `The webhook address is longer than ${WEBHOOK_LENGTH} characters.`;
  const url = /^https?:/i.test(text) ? imageUrl(text) : undefined;
  if (!url) return 'The webhook address must be a whole http or https address.';
  if (refusal(url)) return 'The webhook address must hold no user name, no password and no port 0.';
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (isIP(address) === 0 || isPublic(address) || isAllowed(allowed, { host: address, address, port }))
    return undefined;
  return 'The webhook address is not on the public internet. The operator can allow it.';
}
