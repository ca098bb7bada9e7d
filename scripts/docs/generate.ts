/** `npm run docs`: writes the pages and the Postman collection that the program itself knows best. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { clientTypes } from '../../client/generate-types.ts';
import { startApp } from '../../src/runtime/app.ts';
import { readConfig } from '../../src/runtime/config/config.ts';
import { apiPage } from './api-page.ts';
import { commandLinePage } from './command-line-page.ts';
import { decisionsPage } from './decisions-page.ts';
import { grafanaDashboard } from './grafana-dashboard.ts';
import { optionsPage } from './options-page.ts';
import { postmanCollection } from './postman-collection.ts';
import { configurationPage, errorsPage } from './reference-pages.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const write = (name: string, text: string) => writeFile(join(DOCS, name), text);

await write('errors.md', errorsPage());
await write('configuration.md', configurationPage());
await write('command-line.md', commandLinePage());
await write('options.md', optionsPage());
await write('decisions/README.md', decisionsPage());
await write('grafana-dashboard.json', grafanaDashboard());

const folder = await mkdtemp(join(tmpdir(), 'pixmill-docs-'));
const { config } = readConfig({ PIXMILL_DATA_DIR: folder, PIXMILL_PORT: '0' }, '');
if (!config) throw new Error('the configuration of the documentation is wrong');
const app = await startApp(config, 'api', '', pino({ level: 'silent' }));
try {
  const openapi = (await (await fetch(`${app.url}/openapi.json`)).json()) as object;
  await write('api.md', apiPage(openapi));
  await write('../src/client/openapi.ts', await clientTypes(openapi));
  const collection = await postmanCollection(openapi);
  await write('pixmill.postman_collection.json', `${JSON.stringify(collection, null, 2)}\n`);
} finally {
  await app.stop();
  await rm(folder, { recursive: true });
}
