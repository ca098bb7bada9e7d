import { ImageFailure } from '../domain/failure.ts';
import { linkAdvice } from '../domain/link-advice.ts';
import type { HttpResponse } from './guarded-agent.ts';
import { headerOf, readBeginning } from './save-body.ts';
import { type PageKind, readWebPage } from './web-page.ts';

/** Who asked for what, to tell the user. */
export interface Asked {
  /** As the table has it. */
  link: URL;
  /** Where the response comes from. */
  url: URL;
  userAgent: string;
}

/** How long the page of a refusal is waited for. */
const PAGE_MS = 1_000;

/** Statuses that may come of a slip in the link. */
const SLIP_STATUSES = new Set([400, 403, 404, 405, 410, 414, 422]);

/** What a page says about the picture, and what to do; `admit` names our agent. */
const PAGES: Record<PageKind, (admit: string) => string> = {
  login: () =>
    'The link leads to a page that asks for a login, not to a picture. Share the picture with everybody, or ask the operator to give Pixmill a login for this host.',
  challenge: (admit) => `The host shows a page that keeps programs out (a challenge) instead of the picture. ${admit}`,
  hotlink: (admit) => `The host shows a page against hot-linking instead of the picture. ${admit}`,
  album: () => 'The link leads to an album of several pictures. Use the link of one picture.',
  viewer: () =>
    'The link leads to a page that shows a picture, not to the picture itself. Open it and copy the address of the picture.',
  data: () => 'The link delivers a message of the host (JSON), not a picture. Open it to see what the host says.',
  page: () => 'The link leads to a web page, not to a picture. Open it and copy the address of the picture.',
};

/** A page came where a picture was meant. */
export function pageFailure(kind: PageKind, asked: Asked): ImageFailure {
  return new ImageFailure('not_an_image', {
    stage: 'download',
    message: sentences(PAGES[kind](admit(asked)), advice(asked)),
  });
}

/**
 * A status that is no picture. Reads the page that comes with it, as far as it tells why.
 * @returns the message for the user
 */
export async function refusalMessage(response: HttpResponse, asked: Asked): Promise<string> {
  const { statusCode } = response;
  const status = `The image host answered with status ${statusCode}.`;
  const text = await readBeginning(response, PAGE_MS);
  const { kind } = readWebPage(text, asked.url);
  const slip = SLIP_STATUSES.has(statusCode) ? advice(asked) : '';
  if (isChallenge(response) || kind === 'challenge') return sentences(status, PAGES.challenge(admit(asked)));
  if (kind === 'hotlink' || kind === 'login') return sentences(status, PAGES[kind](admit(asked)), slip);
  // S3 and what is like it: SignatureDoesNotMatch, AccessDenied, NoSuchKey.
  const [, reason] = /<Code>(\w{1,60})<\/Code>/.exec(text) ?? [];
  if (reason) return sentences(`${status.slice(0, -1)} (${reason}).`, slip);
  const refusesAgent = statusCode === 403 || statusCode === 406;
  return sentences(status, refusesAgent ? admit(asked) : '', slip);
}

/** Cloudflare's and Amazon's own words for it. */
function isChallenge(response: HttpResponse): boolean {
  return headerOf(response, 'cf-mitigated') !== '' || /challenge|captcha/.test(headerOf(response, 'x-amzn-waf-action'));
}

function admit({ url, userAgent }: Asked): string {
  return `Ask the owner of ${url.hostname} to admit the agent "${userAgent}", or the operator to send what the host wants (PIXMILL_SOURCES).`;
}

const advice = ({ link }: Asked) => linkAdvice(link.href);

const sentences = (...all: string[]) => all.filter((sentence) => sentence !== '').join(' ');
