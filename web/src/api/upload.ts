import type { UploadFields as ClientFields } from '../../../src/client/types.ts';
import type { Options } from '../../../src/domain/options.ts';

/** What the form of the page holds. */
export interface UploadFields extends Options {
  webhookUrl: string;
}

/** The same as the API takes it. */
export function fieldsOf({ webhookUrl, ...options }: UploadFields, skipBadRows: boolean): ClientFields {
  return {
    ...options,
    ...(webhookUrl === '' ? {} : { webhook_url: webhookUrl }),
    ...(skipBadRows ? { on_error: 'skip' } : {}),
  };
}
