import type { Config } from '../runtime/config/config.ts';
import { webhookSecretOf } from '../runtime/secrets.ts';
import { storeOn, withDatabase } from './with-database.ts';

/** The secret that a server with this configuration signs with; it may be running. */
export async function webhookSecret(config: Config): Promise<string> {
  return withDatabase(config, async (database) => webhookSecretOf(config, storeOn(database)));
}
