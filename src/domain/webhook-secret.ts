import { hkdfSync } from 'node:crypto';

const PREFIX = 'whsec_';

/** Bytes of a derived secret; Standard Webhooks 1.0.0 asks for 24 to 64. */
const BYTES = 32;

/**
 * The secret that signs the messages of one customer, derived from the server's own (HKDF, RFC 5869): whoever knows it
 * learns neither the server's nor that of another customer, and nothing has to be stored.
 * @param shared of the server, `whsec_…`
 * @example
 * customerSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'acme') // 'whsec_' and 44 characters
 */
export function customerSecret(shared: string, customer: string): string {
  const key = Buffer.from(shared.slice(PREFIX.length), 'base64');
  return PREFIX + Buffer.from(hkdfSync('sha256', key, '', `pixmill webhook ${customer}`, BYTES)).toString('base64');
}
