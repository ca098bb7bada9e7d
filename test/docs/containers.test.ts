import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../src/runtime/config/config.ts';
import { readCompose } from '../support/compose.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Instructions of the Dockerfile in their order, continued lines joined, with the stage that each belongs to. */
function dockerfile(): { stage: number; instruction: string; value: string }[] {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replace(/\\\n\s*/g, '');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  let stage = -1;
  return lines.map((line) => {
    const [instruction = '', ...rest] = line.split(' ');
    if (instruction === 'FROM') stage++;
    return { stage, instruction, value: rest.join(' ') };
  });
}

const instructions = dockerfile();
const finalStage = instructions.filter(({ stage }) => stage === instructions.at(-1)?.stage);
const lastOf = (name: string) => finalStage.findLast(({ instruction }) => instruction === name)?.value;
const imageEnv = Object.fromEntries((lastOf('ENV') ?? '').split(' ').map((pair) => pair.split('=')));
const compose = readCompose({
  PIXMILL_API_KEYS: 'a-key-of-enough-characters',
  POSTGRES_PASSWORD: 'secret',
  S3_PASSWORD: 'secret-too',
});
const ours = Object.entries(compose.services).filter(([, { build }]) => build === '.');

test('what the Dockerfile copies is there, and the tools stay behind in the first stage', () => {
  const sources = instructions
    .filter(({ instruction }) => instruction === 'COPY')
    .flatMap(({ value }) =>
      value
        .split(' ')
        .filter((word) => !word.startsWith('--from='))
        .slice(0, -1),
    )
    .map((path) => normalize(path.replace(/^\/pixmill\//, '')))
    // Made while the image is built.
    .filter((path) => path !== 'node_modules' && path !== 'web/dist');
  assert.deepEqual(
    sources.filter((path) => !existsSync(join(ROOT, path))),
    [],
  );
  assert.deepEqual(
    finalStage.filter(({ instruction, value }) => instruction === 'COPY' && !value.startsWith('--from=build ')),
    [],
  );
  const node = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).devDependencies.node as string;
  for (const { value } of instructions.filter(({ instruction }) => instruction === 'FROM'))
    assert.match(value, new RegExp(`^node:${node.split('.')[0]}-slim\\b`));
});

test('the image starts as root, so that decoders can be another user, says whether it is well, and starts the program', () => {
  assert.equal(lastOf('USER'), undefined);
  assert.match(lastOf('HEALTHCHECK') ?? '', new RegExp(`127\\.0\\.0\\.1:${lastOf('EXPOSE')}/health`));
  const [program, ...args] = JSON.parse(lastOf('ENTRYPOINT') ?? '[]') as string[];
  assert.equal(program, 'node');
  assert.ok(existsSync(join(ROOT, args.at(-1) ?? '')));
  assert.equal(lastOf('VOLUME'), imageEnv.PIXMILL_DATA_DIR);
});

test('every process of compose.yaml has a configuration without problems or warnings, and listens where it is asked', () => {
  assert.deepEqual(
    ours.map(([name, { command, deploy }]) => [name, command, deploy?.replicas]),
    [
      ['api', ['api'], 2],
      ['worker', ['worker'], 2],
    ],
  );
  for (const [, { environment }] of ours) {
    const { config, problems, warnings } = readConfig({ ...imageEnv, ...environment }, '1');
    assert.deepEqual([problems, warnings], [[], []]);
    assert.ok(config?.databaseUrl && config.storageUrl && config.publicUrl);
    assert.equal(String(config.port), lastOf('EXPOSE'));
  }
});

test('processes of compose.yaml can write to their data folder alone, and get the time to stop', () => {
  for (const [name, service] of ours) {
    assert.equal(service.read_only, true, name);
    assert.equal(service.tmpfs, `${imageEnv.PIXMILL_DATA_DIR}:mode=0700`, name);
    assert.equal(service.user, undefined, `${name}: the user of the image`);
    assert.ok(!service.privileged, name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    assert.deepEqual(service.cap_add, ['SETUID', 'SETGID', 'CHOWN', 'KILL'], name);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
    const { config } = readConfig({ ...imageEnv, ...service.environment }, '1');
    assert.ok(Number.parseInt(service.stop_grace_period ?? '10s', 10) > (config?.stopSeconds ?? Infinity), name);
  }
});

test('services of compose.yaml wait for what they need, and keep their data', () => {
  for (const [name, { depends_on = [], volumes = [] }] of Object.entries(compose.services)) {
    const needs = Array.isArray(depends_on)
      ? depends_on.map((need) => [need, {}] as const)
      : Object.entries(depends_on);
    for (const [need, { condition }] of needs as [string, { condition?: string }][]) {
      assert.ok(compose.services[need], `${name} needs ${need}`);
      if (condition === 'service_healthy') assert.ok(compose.services[need].healthcheck, `${need} says how it is`);
    }
    for (const volume of volumes) assert.ok((volume.split(':')[0] ?? '') in compose.volumes, volume);
  }
  for (const [name, { environment }] of ours) {
    const hosts = [
      environment?.PIXMILL_DATABASE_URL,
      /endpoint=([^&]+)/.exec(environment?.PIXMILL_STORAGE_URL ?? '')?.[1],
    ];
    for (const host of hosts) assert.ok(new URL(host ?? '').hostname in compose.services, `${name} can reach ${host}`);
  }
});
