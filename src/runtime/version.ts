import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Read, not imported: the manifest lies above src/ and above the package's dist/, where the compiler may not look.
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

/** "1.2.3" */
export const VERSION = manifest.version;
