import type { Command } from 'commander';
import type { Role } from '../../runtime/config/variables.ts';
import { VERSION } from '../../runtime/version.ts';
import { loadConfig } from '../load-config.ts';
import { stopSignal } from '../stop-signals.ts';
import { print } from '../terminal.ts';

const EXAMPLES = `
Examples:
  pixmill start
  PIXMILL_PORT=9000 PIXMILL_DATA_DIR=/srv/pixmill pixmill start`;

/** `pixmill start`, `pixmill api`, `pixmill worker`. */
export function startCommands(program: Command): void {
  program
    .command('start')
    .description('runs the server: API and worker, or what PIXMILL_ROLE says')
    .addHelpText('after', EXAMPLES)
    .action(() => start());
  program
    .command('api')
    .description('runs the API alone')
    .action(() => start('api'));
  program
    .command('worker')
    .description('runs a worker alone')
    .action(() => start('worker'));
}

async function start(asked?: Role): Promise<void> {
  // Whatever the server writes is for its own user alone.
  process.umask(0o077);
  const config = loadConfig();
  const role = asked ?? config.role;
  const { openLog } = await import('../../observability/log.ts');
  const { startApp } = await import('../../runtime/app.ts');
  const app = await startApp(config, role, VERSION, openLog(config.logLevel));
  // From here on a stop loses nothing.
  const stopped = stopSignal();
  print(greeting(role, app.url));
  await stopped;
  print('Stopping: what runs is finished or handed back. Once more stops at once.');
  await app.stop();
}

function greeting(role: Role, url = ''): string {
  if (role === 'worker') return `Pixmill ${VERSION} works; health and metrics are on ${url}. Stop it with Ctrl-C.`;
  return [
    `Pixmill ${VERSION} listens on ${url}`,
    '',
    `  page           ${url}/`,
    `  upload         curl -F file=@products.csv ${url}/api/upload`,
    `  documentation  ${url}/docs`,
    '',
    'Stop it with Ctrl-C.',
  ].join('\n');
}
