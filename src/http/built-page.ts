import { join } from 'node:path';

/** Where `web/build.ts` puts what browsers load: the same for `src/` in a clone and `dist/` in the package. */
export const BUILT_PAGE = join(import.meta.dirname, '../../web/dist');
