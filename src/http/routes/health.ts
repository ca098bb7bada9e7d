import { Problem } from '../../domain/problem.ts';
import { json, responses } from '../responses.ts';
import { PUBLIC_UNDER_ANY_NAME } from '../route-config.ts';
import { HealthSchema } from '../schemas.ts';
import type { Server } from '../server-type.ts';

export interface Health {
  /** Throws where the database or the storage cannot be reached. */
  ready(): Promise<void>;
  /** Of Pixmill. */
  version: string;
}

/** GET /health, /ready. */
export async function healthRoutes(server: Server, { ready, version }: Health): Promise<void> {
  const live = {
    operationId: 'getHealth',
    tags: ['Operations'],
    summary: 'Whether the process responds',
    response: responses({ 200: json('It does.', HealthSchema) }),
  };
  server.get('/health', { schema: live, config: PUBLIC_UNDER_ANY_NAME }, async () => ({ status: 'ok', version }));

  const able = {
    operationId: 'getReadiness',
    tags: ['Operations'],
    summary: 'Whether database and storage can be reached',
    response: responses({ 200: json('They can.', HealthSchema) }, 'unavailable'),
  };
  server.get('/ready', { schema: able, config: PUBLIC_UNDER_ANY_NAME }, async () => {
    try {
      await ready();
    } catch (cause) {
      throw new Problem('unavailable', undefined, { cause });
    }
    return { status: 'ok', version };
  });
}
