/** The client for programs; published as `@pixmill/client`, used by `pixmill upload`. It needs nothing of the server. */
export { PixmillError } from './error.ts';
export type { FollowSettings } from './follow.ts';
export { type CallSettings, type PageSettings, Pixmill, type PixmillSettings, type UploadSettings } from './pixmill.ts';
export type {
  Accepted,
  Checked,
  CsvIssue,
  Delivery,
  Image,
  Product,
  Report,
  Status,
  UploadFields,
} from './types.ts';
export { verifyWebhook, type WebhookEvent, type WebhookHeaders } from './verify-webhook.ts';
