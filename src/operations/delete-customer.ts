import { ownerOfCustomer } from '../domain/customer.ts';
import type { Config } from '../runtime/config/config.ts';
import { openStorage } from '../runtime/infrastructure.ts';
import { storeOn, withDatabase } from './with-database.ts';

const AT_ONCE = 100;

/**
 * Deletes every request of a customer with its images, and what is remembered of the customer. Jobs that a running server
 * still has of them find nothing to do.
 * @returns the number of requests
 */
export async function deleteCustomer(config: Config, customer: string): Promise<number> {
  const owner = ownerOfCustomer(customer);
  const storage = await openStorage(config);
  return withDatabase(config, async (database) => {
    const store = storeOn(database);
    let deleted = 0;
    for (;;) {
      const ids = await store.requestsOf(owner, AT_ONCE);
      for (const id of ids) if (await store.deleteRequest(id, storage.remove, owner)) deleted++;
      if (ids.length === 0) break;
    }
    await store.forgetCustomer(owner);
    return deleted;
  });
}
