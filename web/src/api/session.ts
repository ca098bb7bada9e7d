import { apiError } from './client.ts';

/** Trades the key for a cookie that no script can read. @throws ApiError */
export async function openSession(key: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('/api/session', { method: 'POST', headers, body: JSON.stringify({ key }) });
  if (!answer.ok) throw apiError(answer.status, await answer.text());
}
