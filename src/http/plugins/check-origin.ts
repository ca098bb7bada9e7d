import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../../domain/problem.ts';
import type { Server } from '../server-type.ts';
import '../route-config.ts';

export interface OriginCheck {
  publicUrl(): string;
  /** Other origins whose pages may use the API. */
  corsOrigins: string[];
  /** Where no key tells them, a page of another site is told by the names that its browser sends. */
  withKeys: boolean;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps pages of other sites from using the server through a browser that can reach it. To be registered after
 * `authenticate`: whoever shows a key in a header is no such page.
 */
export const checkOrigin = plugin(async (server: Server, { publicUrl, corsOrigins, withKeys }: OriginCheck) => {
  server.addHook('onRequest', async (request) => {
    // A name that leads to an address of this machine (DNS rebinding) makes a page of another site one of our own.
    if (!withKeys && request.routeOptions.config?.host !== 'any') refuseForeignHost(request, publicUrl());
    if (READING.has(request.method) || request.hasKeyInHeader) return;
    refuseForeignOrigin(request, publicUrl(), corsOrigins);
  });
});

/** By the header itself: what a proxy says (`X-Forwarded-Host`), such a page can say as well. */
function refuseForeignHost({ headers }: FastifyRequest, publicUrl: string): void {
  const name = hostName(`http://${headers.host}`);
  if (name !== undefined && (isLoopbackOrAddress(name) || name === hostName(publicUrl))) return;
  throw new Problem(
    'host_refused',
    'Without keys it answers as localhost, by an IP address, and as the host of PIXMILL_PUBLIC_URL. Set PIXMILL_PUBLIC_URL ' +
      'to the address that clients use, and let a proxy in front pass the header "Host" on as it came.',
  );
}

/** Lower case, without the port, and without the dot of a full name. */
function hostName(address: string): string | undefined {
  return URL.parse(address)?.hostname.replace(/\.$/, '') || undefined;
}

function isLoopbackOrAddress(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function refuseForeignOrigin({ headers }: FastifyRequest, publicUrl: string, corsOrigins: string[]): void {
  const { origin } = headers;
  // Every browser says it of a change from elsewhere; who says nothing is none.
  if (origin === undefined || corsOrigins.includes(origin)) return;
  if (origin === URL.parse(publicUrl)?.origin) return;
  // A proxy in front may have taken TLS off, so the scheme tells nothing.
  const own = URL.parse(`http://${headers.host}`)?.host;
  const from = URL.parse(origin);
  if (own !== undefined && from && /^https?:$/.test(from.protocol) && from.host === own) return;
  throw new Problem('origin_refused');
}
