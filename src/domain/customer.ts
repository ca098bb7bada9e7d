import { createHash } from 'node:crypto';

/**
 * Whose a request is, as it stands in the database: '' where no keys are in use, a digest for a plain key, and the name of
 * a customer behind a word that no digest has.
 */
const NAMED = 'customer:';

/** How a customer may be called. */
export const CUSTOMER_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** A key of `PIXMILL_API_KEYS`; null: a plain one, whose customer is the key itself. */
export interface ApiKey {
  key: string;
  customer: string | null;
}

export function ownerOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

export function ownerOfCustomer(name: string): string {
  return `${NAMED}${name}`;
}

/** @returns the name of a customer; undefined for a plain key, and where no keys are in use */
export function customerOf(owner: string): string | undefined {
  return owner.startsWith(NAMED) ? owner.slice(NAMED.length) : undefined;
}

/** How an owner is called where customers are listed. Of a plain key no more than tells it from others; '' without keys. */
export function shownCustomer(owner: string): string {
  return customerOf(owner) ?? (owner && `key:${owner.slice(0, 8)}`);
}
