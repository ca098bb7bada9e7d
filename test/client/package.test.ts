import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { clientTypes } from '../../client/generate-types.ts';
import clientManifest from '../../client/package.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { blocks, ROOT } from '../docs/written-pages.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);

test('the types of the client are what the API says of itself (npm run docs writes them anew)', async () => {
  const openapi = (await (await (await startPixmill()).call('/openapi.json')).json()) as object;
  assert.equal(readFileSync(join(ROOT, 'src/client/openapi.ts'), 'utf8'), await clientTypes(openapi));
});

test('client and server have the same version, and the client is tested with what it asks for', () => {
  assert.equal(clientManifest.version, manifest.version);
  const versions: Record<string, string> = manifest.dependencies;
  for (const [name, version] of Object.entries(clientManifest.dependencies)) assert.equal(versions[name], version);
});

describe('the package @pixmill/client, as it would be published', () => {
  const folder = temporaryFolder();
  const [quickStart = '', errors = '', receiver = ''] = blocks('client/README.md', 'ts');
  const program = `${quickStart}\n${errors}`;

  before(async () => {
    const { stdout } = await run('npm', ['pack', '-w', 'client', '--json', '--pack-destination', folder], {
      cwd: ROOT,
    });
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string }[];
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, '@pixmill'), { recursive: true });
    execFileSync('tar', ['-xf', join(folder, packed?.filename ?? ''), '-C', join(modules, '@pixmill')]);
    symlinkSync('package', join(modules, '@pixmill/client'));
    for (const name of Object.keys(clientManifest.dependencies)) {
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    mkdirSync(join(modules, '@types'));
    symlinkSync(join(ROOT, 'node_modules/@types/node'), join(modules, '@types/node'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  });

  test('holds what is needed, and nothing else', () => {
    const files = readdirSync(join(folder, 'node_modules/@pixmill/client'), { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      files.filter((name) => !/^(dist|dist\/[\w-]+\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(name)),
      [],
    );
    for (const name of ['dist/index.js', 'dist/index.d.ts', 'dist/node.js', 'README.md', 'LICENSE']) {
      assert.ok(files.includes(name), name);
    }
  });

  test('its README type-checks for whoever installs it', async () => {
    writeFileSync(join(folder, 'program.ts'), program);
    writeFileSync(join(folder, 'receiver.ts'), receiver);
    const options = '--noEmit --strict --module nodenext --target es2024 --types node program.ts receiver.ts'.split(
      ' ',
    );
    await run(join(ROOT, 'node_modules/.bin/tsc'), options, { cwd: folder }).catch((error) => {
      assert.fail((error as { stdout: string }).stdout);
    });
  });

  test('its quick start and its errors run as they stand', async () => {
    const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg({ quality: 95 }).toBuffer() });
    const pixmill = await startPixmill();
    const rows = `1,Mug,${origin.url}/a.jpg\n2,Cup,${origin.url}/lost.jpg\n3,Jug,\n`;
    writeFileSync(join(folder, 'products.csv'), `S. No.,Product Name,Input Image Urls\n${rows}`);
    writeFileSync(join(folder, 'program.ts'), program.replace('http://127.0.0.1:8080', pixmill.url));
    const { stdout, stderr } = await run(process.execPath, ['program.ts'], { cwd: folder });
    assert.match(stdout, /^100 %, /m);
    assert.match(stdout, /^Completed 1$/m);
    assert.match(stdout, /^Mug http.*\.jpg$/m);
    assert.match(stdout, /^Cup The image host answered with status 404/m);
    assert.match(stdout, /^S\. No\.,Product Name,Input Image Urls,Output Image Urls$/m);
    assert.match(stderr, /^missing_columns CSV validation failed/m);
  });

  test('its webhook receiver takes real messages and refuses forged ones', async () => {
    const anyPort = receiver.replace('3000', '0, function () { console.log(this.address().port); }');
    writeFileSync(join(folder, 'receiver.ts'), anyPort);
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const child = spawn(process.execPath, ['receiver.ts'], {
      cwd: folder,
      env: { WEBHOOK_SECRET: secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: child.stdout });
      const [port] = (await once(lines, 'line')) as [string];
      const body = JSON.stringify({ type: 'request.completed', data: { download_url: 'http://x/y' } });
      const now = new Date();
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign('msg_1', now, body),
      };
      const post = (text: string) => fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: text, headers });
      const line = once(lines, 'line');
      assert.equal((await post(body)).status, 204);
      assert.deepEqual(await line, ['request.completed http://x/y']);
      assert.equal((await post(`${body} `)).status, 401);
    } finally {
      child.kill();
    }
  });
});
