/**
 * Where the time of a real server goes while it works on an upload: profiles of the main process and of the decoders, as
 * flame graphs in bench/results/, and the functions that take most.
 *
 *   node bench/flame.ts [folder with pictures] [images]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { flameGraph, frameTree, type Profile, selfTimes } from './flame-graph.ts';
import { photoFolder } from './photos.ts';
import { args, printer } from './save-result.ts';

const [folderName, images = '400'] = args;
const say = printer();
const work = mkdtempSync(join(tmpdir(), 'pixmill-bench-'));
const profiles = join(work, 'profiles');
mkdirSync(profiles);
// Decoders may be another user.
chmodSync(work, 0o755);
chmodSync(profiles, 0o777);
const { folder, names } = await photoFolder(folderName, work);
const origin = spawn(process.execPath, [join(import.meta.dirname, 'origin.ts'), folder], {
  stdio: ['ignore', 'pipe', 'inherit'],
});

/** One upload from start to end. @returns the main process, and when the upload began: what was before was the start */
async function profiledRun(): Promise<{ main: number; began: number }> {
  const [base] = (await once(createInterface({ input: origin.stdout }), 'line')) as [string];
  const pixmill = await spawnPixmill({
    dataDir: join(work, 'data'),
    nodeOptions: [
      '--max-semi-space-size=4',
      '--cpu-prof',
      `--cpu-prof-dir=${profiles}`,
      `--import=${join(import.meta.dirname, 'profile-decoders.ts')}`,
    ],
    env: { PROFILES: profiles },
  });
  const rows = Array.from({ length: Number(images) }, (_, index) => {
    return `${index},Product ${index},${base}/${names[index % names.length]}?${index}`;
  });
  const began = Number(process.hrtime.bigint() / 1_000n);
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  await pixmill.finished(((await upload.json()) as { request_id: string }).request_id);
  await pixmill.stop();
  return { main: pixmill.pid, began };
}

/** Profiles carry the process in their names: CPU.date.time.process.thread.number.cpuprofile */
function profilesOf(isWanted: (pid: number) => boolean): Profile[] {
  return readdirSync(profiles)
    .filter((name) => isWanted(Number(name.split('.')[3])))
    .map((name) => JSON.parse(readFileSync(join(profiles, name), 'utf8')));
}

try {
  const { main, began } = await profiledRun();
  const results = join(import.meta.dirname, 'results');
  mkdirSync(results, { recursive: true });
  const kinds = [
    { kind: 'main', title: 'Main process, without its idle time', found: profilesOf((pid) => pid === main) },
    {
      kind: 'decoder',
      title: 'Decoders; (idle) is the thread of JavaScript while libvips works in another one, or no image is there',
      found: profilesOf((pid) => pid !== main),
    },
  ];
  for (const { kind, title, found } of kinds) {
    const tree = frameTree(found, began, kind === 'main' ? ['(idle)'] : []);
    writeFileSync(join(results, `flame-${kind}.svg`), flameGraph(title, tree));
    say(`${title} (profiles: ${found.length})`);
    for (const { name, share } of selfTimes(tree).slice(0, 15))
      say(`  ${(100 * share).toFixed(1).padStart(5)} %  ${name}`);
  }
} finally {
  origin.kill();
  rmSync(work, { recursive: true });
}
