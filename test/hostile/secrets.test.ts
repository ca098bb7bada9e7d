import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decoderProcesses } from '../support/decoder-processes.ts';
import { without } from '../support/has-program.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = 'acme-key-0123456789abcdef';
const SECRETS = {
  PIXMILL_API_KEYS: `acme:${KEY}`,
  PIXMILL_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  AWS_SECRET_ACCESS_KEY: 'bucket-secret-0123456789',
  POSTGRES_PASSWORD: 'database-secret-0123456789',
};
const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg({ quality: 95 }).toBuffer() });
const CSV = `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/a.jpg\n`;
const headers = { authorization: `Bearer ${KEY}` };

const skip = !existsSync('/proc/self/environ') && 'needs /proc';
const skipRoot = process.getuid?.() === 0 ? skip : 'needs to be started as root';

test('whoever can look into the processes of a server finds no secret there, and the server has them all', {
  skip,
}, async () => {
  const pixmill = await startPixmill({ env: SECRETS });
  const processes = [String(pixmill.pid), ...decoderProcesses(pixmill.pid)];
  assert.ok(processes.length > 1);
  for (const pid of processes) {
    const seen = ['environ', 'cmdline'].map((part) => readFileSync(`/proc/${pid}/${part}`, 'utf8')).join();
    for (const secret of [...Object.values(SECRETS), KEY]) assert.ok(!seen.includes(secret), `${pid}: ${secret}`);
    // Nor in what it was handed them in.
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      const file = `/proc/${pid}/fd/${descriptor}`;
      if (statSync(file, { throwIfNoEntry: false })?.isFile()) {
        assert.ok(!readFileSync(file, 'latin1').includes(SECRETS.AWS_SECRET_ACCESS_KEY), file);
      }
    }
  }
  assert.equal((await pixmill.call('/api/requests')).status, 401);
  assert.equal((await pixmill.call('/api/requests', { headers })).status, 200);
});

test('secrets may lie in files', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'keys');
  writeFileSync(file, `acme:${KEY}\n`, { mode: 0o600 });
  const pixmill = await startPixmill({ env: { PIXMILL_API_KEYS_FILE: file } });
  assert.equal((await pixmill.call('/api/requests')).status, 401);
  assert.equal((await pixmill.call('/api/requests', { headers })).status, 200);
  assert.equal(pixmill.log(), '');
});

test('what the server writes is for its own user, whatever the mask and the folder were', { skip }, async () => {
  const dataDir = join(temporaryFolder(), 'data');
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o755);
  const before = process.umask(0o022);
  const pixmill = await startPixmill({ dataDir }).finally(() => process.umask(before));
  const { request_id } = (await (await pixmill.upload(CSV)).json()) as { request_id: string };
  await pixmill.finished(request_id);
  assert.match(pixmill.log(), /Others could enter the data folder .* \(mode 0755\); now only this user can/);
  for (const name of ['', ...readdirSync(dataDir, { recursive: true, encoding: 'utf8' })]) {
    // Decoders are let through their own folder by name, which lies in one that they cannot leave.
    if (name.startsWith(join('tmp', 'decoders'))) continue;
    assert.equal(statSync(join(dataDir, name)).mode & 0o077, 0, name);
  }
});

test('a data folder of somebody else is refused, with what to do', { skip: skipRoot }, async () => {
  const dataDir = join(temporaryFolder(), 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  chownSync(dataDir, 1_234, 1_234);
  await assert.rejects(startPixmill({ dataDir }), /belongs to the user 1234, and Pixmill runs as 0.*chown -R 0 /);
});

test('with the rights of our container decoders are another user, and can never get more', {
  skip: skipRoot || without('setpriv'),
}, async () => {
  const rights = ['--bounding-set=-all,+setuid,+setgid,+chown,+kill', '--inh-caps=-all', '--no-new-privs'];
  const pixmill = await startPixmill({ node: 'setpriv', nodeOptions: [...rights, process.execPath], env: SECRETS });
  const form = new FormData();
  form.set('file', new File([CSV], 'products.csv'));
  const upload = await pixmill.call('/api/upload', { method: 'POST', body: form, headers });
  const { request_id } = (await upload.json()) as { request_id: string };
  for (;;) {
    const status = await (await pixmill.call(`/api/status/${request_id}`, { headers })).json();
    const { finished_at, images_failed } = status as { finished_at: string | null; images_failed: number };
    assert.equal(images_failed, 0);
    if (finished_at) break;
  }
  const [decoder = ''] = decoderProcesses(pixmill.pid);
  const status = readFileSync(`/proc/${decoder}/status`, 'utf8');
  assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
  assert.match(status, /^NoNewPrivs:\t1$/m);
  assert.match(status, /^CapEff:\t0{16}$/m);
  const server = readFileSync(`/proc/${pixmill.pid}/status`, 'utf8');
  assert.match(server, /^CapEff:\t00000000000000e1$/m, 'CHOWN, KILL, SETGID, SETUID');
  assert.equal(pixmill.log(), '');
});
