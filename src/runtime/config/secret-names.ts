/** Variables of ours whose values are not shown. */
export const SECRETS = /SECRET|KEY|DATABASE_URL|STORAGE_URL/;

/** How others call what nobody is to see, and the address of a webhook, whose path often lets a message in. */
const OTHERS = /TOKEN|PASS|PWD$|CREDENTIAL|AUTH|COOKIE|HEADERS|DSN|WEBHOOK_URL/i;

/** Whether an environment variable may hold a secret: by its name, or as an address with a password in it. */
export function mayBeSecret(name: string, value: string): boolean {
  return SECRETS.test(name.toUpperCase()) || (OTHERS.test(name) && name !== 'PWD') || /:\/\/[^/@\s]+@/.test(value);
}
