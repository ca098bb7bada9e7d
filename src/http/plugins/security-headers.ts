import helmet from '@fastify/helmet';
import plugin from 'fastify-plugin';
import type { Server } from '../server-type.ts';

/**
 * What pages that we serve may load: only from us. Swagger UI needs styles inline, and shows an image that it has fetched
 * from a blob; ReDoc needs a worker from one.
 */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  workerSrc: ["'self'", 'blob:'],
  imgSrc: ["'self'", 'data:', 'blob:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  frameAncestors: ["'none'"],
  // The server itself often stands behind a proxy that adds TLS; it must not lead browsers to a port without it.
  upgradeInsecureRequests: null,
};

/** Headers that keep browsers from doing harm with a response. Images and the page have their own content security. */
export const securityHeaders = plugin(async (server: Server) => {
  await server.register(helmet, {
    contentSecurityPolicy: { directives: CONTENT_SECURITY },
    // For a whole host name, for years, and for services beside us: that is for whoever runs the host to say.
    strictTransportSecurity: false,
  });
});
