import type { Logger } from 'pino';
import { type ApiKey, ownerOfCustomer, ownerOfKey } from '../domain/customer.ts';
import type { KnownKey } from '../http/keyring.ts';
import type { CustomerStore } from '../pipeline/ports/store/customers.ts';

/** The keys cannot be used with what the database knows of them; the message says why. */
class KeysUnusable extends Error {
  override readonly name = 'KeysUnusable';
}

/**
 * Finds out whose requests each key opens: of a customer, of the key itself, or of the customer who named it first. What
 * a plain key uploaded before goes to the customer who names it now.
 * @throws KeysUnusable where an entry was a plain key of an earlier release, colon included
 */
export async function knownKeys(store: CustomerStore, apiKeys: ApiKey[], log: Logger): Promise<KnownKey[]> {
  const claims = await store.claims(
    apiKeys.filter(({ customer }) => customer === null).map(({ key }) => ownerOfKey(key)),
  );
  const known: KnownKey[] = [];
  for (const [index, { key, customer }] of apiKeys.entries()) {
    const plain = ownerOfKey(key);
    const entry = `Entry ${index + 1} of PIXMILL_API_KEYS`;
    if (customer === null) {
      const claimed = claims.get(plain);
      if (claimed !== undefined) log.warn(`${entry} is a key of the customer "${claimed}", who named it before.`);
      known.push({ key, owner: claimed === undefined ? plain : ownerOfCustomer(claimed) });
      continue;
    }
    // Before customers had names, all of it was one key.
    if (await store.hasRequests(ownerOfKey(`${customer}:${key}`))) {
      throw new KeysUnusable(
        `${entry} can be read both ways: it names a customer, and all of it was a plain key before, which has requests. ` +
          'Put a colon before it to keep it a plain key. To give its requests to a customer, write the name of the customer, ' +
          'a colon, and then all of the key.',
      );
    }
    const first = await store.claimKey(plain, customer);
    if (first !== customer) {
      log.warn(`${entry} was a key of the customer "${first}", who keeps what was uploaded with it before.`);
    }
    known.push({ key, owner: ownerOfCustomer(customer) });
  }
  return known;
}
