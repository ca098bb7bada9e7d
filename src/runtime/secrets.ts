import { randomBytes } from 'node:crypto';
import { customerOf } from '../domain/customer.ts';
import { customerSecret } from '../domain/webhook-secret.ts';
import type { SettingStore } from '../pipeline/ports/store/settings.ts';
import type { Config } from './config/config.ts';

/** Signs webhooks of all who have no name: what is configured, else one that is made once. */
export async function webhookSecretOf(config: Config, store: SettingStore): Promise<string> {
  return config.webhookSecret ?? store.setting('webhook_secret', newWebhookSecret);
}

/**
 * The secrets that a message is signed with, by the owner of its request. A customer with a name has one of its own; the
 * server's stands beside it as long as receivers may still know no other.
 */
export async function webhookSecretsOf(config: Config, store: SettingStore): Promise<(owner: string) => string[]> {
  const shared = await webhookSecretOf(config, store);
  return (owner) => {
    const customer = customerOf(owner);
    if (customer === undefined) return [shared];
    return [customerSecret(shared, customer), ...(config.webhookShared ? [shared] : [])];
  };
}

/** Signs links to images; made once, so that every process of a cluster signs alike. */
export async function linkSecretOf(store: SettingStore): Promise<string> {
  return store.setting('link_secret', () => randomBytes(32).toString('base64url'));
}

/** 24 random bytes, as Standard Webhooks 1.0.0 asks for ("between 24 and 64 bytes"). */
function newWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}
