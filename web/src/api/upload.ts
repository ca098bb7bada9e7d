import type { UploadOptions } from '../../../src/domain/options.ts';
import { ApiError, apiError, UNREACHABLE } from './client.ts';
import { wantKey } from './key-wanted.ts';
import type { UploadAnswer } from './types.ts';

interface HowToUpload {
  dryRun?: boolean;
  skipBadRows?: boolean;
  /** The same key again gives the same request: a click after a broken connection starts nothing twice. */
  idempotencyKey?: string;
  /** Gets 0–1 while the bytes are on their way. */
  onProgress(share: number): void;
  signal?: AbortSignal;
}

/** As the server reads it: a list or an object is sent as JSON. */
function formValue(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Uploads a CSV. By XMLHttpRequest, as fetch does not tell how much was sent. */
export function upload(file: File, options: Partial<UploadOptions>, how: HowToUpload): Promise<UploadAnswer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) {
    // A preflight of the CSV is to succeed while the address is still being typed.
    if (name !== 'webhook_url' || !how.dryRun) form.set(name, formValue(value));
  }
  if (how.dryRun) form.set('dry_run', 'true');
  if (how.skipBadRows) form.set('on_error', 'skip');
  form.set('file', file);

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/upload');
    if (how.idempotencyKey) request.setRequestHeader('idempotency-key', how.idempotencyKey);
    request.upload.onprogress = ({ loaded, total }) => how.onProgress(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      if (request.status === 401) wantKey();
      if (request.status === 200) resolve(JSON.parse(request.responseText) as UploadAnswer);
      else reject(apiError(request.status, request.responseText));
    };
    request.onerror = () => reject(new ApiError(UNREACHABLE));
    request.onabort = () => reject(new ApiError('The upload was stopped.'));
    how.signal?.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}
