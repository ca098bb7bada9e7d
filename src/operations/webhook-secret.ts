import { customerSecret } from '../domain/webhook-secret.ts';
import type { Config } from '../runtime/config/config.ts';
import { webhookSecretOf } from '../runtime/secrets.ts';
import { storeOn, withDatabase } from './with-database.ts';

/**
 * The secret that a server with this configuration signs with; it may be running.
 * @param customer whose own is wanted; left out: that of all who have no name
 */
export async function webhookSecret(config: Config, customer?: string): Promise<string> {
  const shared = await withDatabase(config, async (database) => webhookSecretOf(config, storeOn(database)));
  return customer === undefined ? shared : customerSecret(shared, customer);
}
