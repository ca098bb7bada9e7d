import { randomBytes } from 'node:crypto';
import type { SettingStore } from '../pipeline/ports/store/settings.ts';
import type { Config } from './config/config.ts';

/** Signs webhooks: what is configured, else one that is made once. */
export async function webhookSecretOf(config: Config, store: SettingStore): Promise<string> {
  return config.webhookSecret ?? store.setting('webhook_secret', newWebhookSecret);
}

/** Signs links to images; made once, so that every process of a cluster signs alike. */
export async function linkSecretOf(store: SettingStore): Promise<string> {
  return store.setting('link_secret', () => randomBytes(32).toString('base64url'));
}

/** 24 random bytes, as Standard Webhooks 1.0.0 asks for ("between 24 and 64 bytes"). */
function newWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}
