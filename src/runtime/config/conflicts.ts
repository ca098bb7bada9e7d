import type { ApiKey } from '../../domain/customer.ts';

/** What settings can get in each other's way. */
interface Settings {
  host: string;
  apiKeys: ApiKey[];
  operatorKeys: string[];
  databaseUrl: string | null;
  publicUrl: string | null;
  storageUrl: object | null;
  storagePublicUrl: string | null;
  signedUrlsMs: number | null;
  storageRedirect: boolean;
  sources: { forEverybody: string[] };
}

/**
 * Looks at settings that are right by themselves for what cannot go together.
 * @param authOff whether the operator has said that no keys are needed
 * @returns problems: reasons not to start; warnings: worth saying. Sentences that name the variables
 */
export function conflictsOf(config: Settings, authOff: boolean): { problems: string[]; warnings: string[] } {
  const { host, signedUrlsMs, storageRedirect } = config;
  const problems: string[] = [];
  const warnings: string[] = [];
  // Anybody who can reach the server can make it fetch and store things.
  if (!authOff && config.apiKeys.length === 0 && !isLoopback(host)) {
    problems.push(
      `PIXMILL_HOST ${host} can be reached from other machines, and no keys protect the server. ` +
        'Set PIXMILL_API_KEYS, or PIXMILL_AUTH=off where something in front asks for a login.',
    );
  }
  if (config.operatorKeys.some((key) => config.apiKeys.some((known) => known.key === key))) {
    problems.push(
      'PIXMILL_OPERATOR_KEYS has a key that PIXMILL_API_KEYS has too: an operator sees no requests. Make two.',
    );
  }
  if (signedUrlsMs !== null && config.storagePublicUrl !== null) {
    problems.push(
      'PIXMILL_SIGNED_URLS cannot go with PIXMILL_STORAGE_PUBLIC_URL: Pixmill cannot guard what a CDN hands out. Unset one.',
    );
  }
  if (storageRedirect && (signedUrlsMs === null || config.storageUrl === null)) {
    problems.push('PIXMILL_STORAGE_REDIRECT needs PIXMILL_SIGNED_URLS and a bucket in PIXMILL_STORAGE_URL.');
  }
  // Whoever names such a host in a table would fetch with the login of another customer.
  if (config.apiKeys.length > 0 && config.sources.forEverybody.length > 0) {
    problems.push(
      `PIXMILL_SOURCES holds headers for ${config.sources.forEverybody.join(', ')} without saying whose downloads they are for. ` +
        'Name the "customers" of each such host, as PIXMILL_API_KEYS names them.',
    );
  }
  if (config.databaseUrl !== null && config.publicUrl === null) {
    warnings.push('PIXMILL_PUBLIC_URL is not set: links of processes on different ports or machines will differ.');
  }
  return { problems, warnings };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
