import assert from 'node:assert/strict';
import { exec, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { StatusSchema } from '../../src/http/schemas.ts';
import { parseSources } from '../../src/outbound/sources.ts';
import { without } from '../support/has-program.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { env, readersFolder } from './reader.ts';
import { blocks, ROOT } from './written-pages.ts';

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const body = '{"type":"request.completed"}';
const now = new Date();
const headers = {
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
  'webhook-signature': new Webhook(secret).sign('msg_1', now, body),
};

test('the TypeScript of docs/webhooks.md tells real messages from forged ones', async () => {
  const [code = ''] = blocks('docs/webhooks.md', 'ts');
  const file = join(ROOT, 'test/docs/webhook-snippet.generated.ts');
  writeFileSync(file, code);
  try {
    const { verified } = (await import(pathToFileURL(file).href)) as { verified: (...call: unknown[]) => unknown };
    assert.deepEqual(verified(body, headers, secret), JSON.parse(body));
    assert.throws(() => verified(`${body} `, headers, secret));
  } finally {
    rmSync(file);
  }
});

test('the Python of docs/webhooks.md tells real messages from forged ones', { skip: without('python3') }, () => {
  const [code = ''] = blocks('docs/webhooks.md', 'python');
  const script = `${code}\nimport json, sys\nbody, headers, secret = json.loads(sys.stdin.read())\nprint(verified(body.encode(), headers, secret))\n`;
  const run = (text: string) =>
    execFileSync('python3', ['-c', script], {
      input: JSON.stringify([text, headers, secret]),
      encoding: 'utf8',
    }).trim();
  assert.deepEqual([run(body), run(`${body} `)], ['True', 'False']);
});

test('the image hosts of docs/configuration.md are read as they stand', () => {
  const [code = ''] = blocks('docs/configuration.md', 'json');
  const sources = parseSources(code);
  assert.equal(sources.of(new URL('https://img.cdn.example/a.jpg')).perSecond, 10);
  assert.throws(() => sources.admit(new URL('https://ads.shop.example/a.jpg')));
});

test('the curl lines of the README work as they stand', { skip: without('curl') }, async () => {
  const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg().toBuffer() });
  const pixmill = await startPixmill();
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'products.csv'), `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/a.jpg\n`);
  const lines = blocks('README.md', 'sh')
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('curl'));
  assert.equal(lines.length, 3);
  let id = '';
  for (const line of lines) {
    const command = line.replaceAll('http://127.0.0.1:8080', pixmill.url).replace('REQUEST_ID', id);
    const out = execFileSync('sh', ['-c', command], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (line.includes('/api/upload')) {
      ({ request_id: id } = JSON.parse(out) as { request_id: string });
      await pixmill.finished(id);
    }
    if (line.includes('/api/status')) assert.equal((JSON.parse(out) as { status: string }).status, 'Completed');
  }
  assert.match(readFileSync(join(folder, 'products-compressed.csv'), 'utf8'), /Output Image Urls/);
});

test('the lines of the README that need no server work as they stand', { skip: without('npx') }, async () => {
  const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg().toBuffer() });
  const folder = readersFolder(`1,Mug,${origin.url}/a.jpg\n`);
  const lines = blocks('README.md', 'sh').flatMap((block) =>
    block.split('\n').filter((line) => line.startsWith('npx')),
  );
  assert.equal(lines.length, 2);
  const out: string[] = [];
  for (const line of lines) out.push((await promisify(exec)(line, { cwd: folder, env })).stdout);
  assert.match(out[0] ?? '', /Nothing is wrong with it/);
  assert.match(readFileSync(join(folder, 'result/results.csv'), 'utf8'), /Output Image Urls/);
});

test('what the README and the systemd unit start answers at the address that it prints', {
  skip: without('npm'),
}, async () => {
  const [quickStart = ''] = blocks('README.md', 'sh');
  const [unit = ''] = blocks('docs/operations.md', 'ini');
  const [, install, npmStart] = /^(npm ci) && (npm start)$/.exec(quickStart.trim()) ?? [];
  assert.equal(install, 'npm ci', 'which these tests run after');
  const exec = /^ExecStart=\S+(.*)$/m.exec(unit)?.[1];
  for (const command of [npmStart, `exec node${exec}`]) {
    const child = spawn('sh', ['-c', command ?? ''], {
      cwd: ROOT,
      env: { ...env, PIXMILL_PORT: '0', PIXMILL_LOG_LEVEL: 'warn', PIXMILL_DATA_DIR: temporaryFolder() },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    try {
      const page = new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stdout }).on('line', (line) => {
          const url = /^ +page +(\S+)/.exec(line)?.[1];
          if (url) resolve(url);
        });
        once(child, 'exit').then(() => reject(new Error(`ended: ${command}`)));
      });
      assert.match(await (await fetch(await page)).text(), /<title>Pixmill/);
    } finally {
      // npm starts a shell that starts Node: all of them.
      if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    }
  }
});

test('the message of docs/webhooks.md has the members of a real one', () => {
  const [code = ''] = blocks('docs/webhooks.md', 'json');
  const { type, data } = JSON.parse(code) as { type: string; data: object };
  assert.equal(type, 'request.completed');
  assert.deepEqual(
    Object.keys(data).filter((name) => !(name in StatusSchema.properties)),
    [],
  );
});
