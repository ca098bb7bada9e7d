import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { without } from '../support/has-program.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The code blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code = '']) => code);
}

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
