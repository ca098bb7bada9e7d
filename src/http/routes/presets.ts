import { PRESETS, type Preset } from '../../domain/presets.ts';
import { PresetsSchema } from '../preset-schemas.ts';
import { json, responses } from '../responses.ts';
import { routePaths } from '../route-paths.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = 'The values of the option `preset`, and what each sets. Every option that is sent besides wins.';

/** GET /api/presets. */
export async function presetRoutes(server: Server): Promise<void> {
  for (const { url, ...doc } of routePaths('listPresets', DESCRIPTION, '/api/presets')) {
    const schema = {
      ...doc,
      tags: ['Requests'],
      summary: 'Options that are set together',
      response: responses({ 200: json('The presets.', PresetsSchema) }),
    };
    server.get(url, { schema }, async () => ({
      presets: Object.entries<Preset>(PRESETS).map(([name, { title, options, source, asOf }]) => {
        return { name, title, options, source, as_of: asOf };
      }),
    }));
  }
}
