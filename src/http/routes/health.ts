import { Problem } from '../../domain/problem.ts';
import type { HttpTools, Server } from '../http-tools.ts';
import { answers, json } from '../responses.ts';
import { HealthSchema } from '../schemas.ts';

/** GET /health, /ready. */
export function healthRoutes(server: Server, { ready, version }: Pick<HttpTools, 'ready' | 'version'>): void {
  const live = {
    operationId: 'getHealth',
    tags: ['Operations'],
    summary: 'Whether the process answers',
    response: answers({ 200: json('It does.', HealthSchema) }),
  };
  server.get('/health', { schema: live }, async () => ({ status: 'ok', version }));

  const able = {
    operationId: 'getReadiness',
    tags: ['Operations'],
    summary: 'Whether database and storage can be reached',
    response: answers({ 200: json('They can.', HealthSchema) }, 'unavailable'),
  };
  server.get('/ready', { schema: able }, async () => {
    try {
      await ready();
    } catch (cause) {
      throw new Problem('unavailable', undefined, { cause });
    }
    return { status: 'ok', version };
  });
}
