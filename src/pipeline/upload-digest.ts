import { hash } from 'node:crypto';
import { UPLOAD_OPTIONS, type UploadOptions } from '../domain/options.ts';

/**
 * Tells whether two uploads are the same: their bytes and every option; fields that are ignored do not count.
 *
 * Its form is that of the first release, and an option that came later is in it only where it was sent. So an upload that
 * is repeated after an upgrade, because the server was stopped for it before it could answer, is still the same.
 * @param sha256 of the file as it was sent
 * @param webhookUrl that holds, also where the upload names none
 * @returns hexadecimal
 */
export function uploadDigest(sha256: string, options: UploadOptions, webhookUrl: string | null): string {
  const { quality, scale, format, effort, delimiter, dry_run: dryRun, on_error, webhook_url: _url, ...later } = options;
  const first = { options: { quality, scale, format, effort }, webhookUrl, delimiter, dryRun };
  const presets: Record<string, { preset: unknown }> = UPLOAD_OPTIONS;
  const sent = Object.entries(later)
    .filter(([name, value]) => value !== presets[name]?.preset)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return hash(
    'sha256',
    JSON.stringify([sha256, { ...first, skipBadRows: on_error === 'skip', ...Object.fromEntries(sent) }]),
  );
}
