import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tracingSettings } from '../../src/observability/tracing-settings.ts';
import { readConfig } from '../../src/runtime/config/config.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test('spans are made only where somebody takes them', () => {
  assert.equal(tracingSettings({}), null);
  assert.equal(tracingSettings({ ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }), null);
  assert.equal(tracingSettings({ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }), null);
  const all = { share: 1, callerDecides: true };
  assert.deepEqual(tracingSettings(ENDPOINT), all);
  assert.deepEqual(tracingSettings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' }), all);
});

test("the samplers of OpenTelemetry's specification mean what they mean there", () => {
  const sampler = (name: string, argument?: string) =>
    tracingSettings({ ...ENDPOINT, OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument });
  assert.deepEqual(sampler('always_on', '0.5'), { share: 1, callerDecides: false });
  assert.deepEqual(sampler('always_off'), { share: 0, callerDecides: false });
  assert.deepEqual(sampler('traceidratio', '0.05'), { share: 0.05, callerDecides: false });
  assert.deepEqual(sampler('parentbased_always_off'), { share: 0, callerDecides: true });
  assert.deepEqual(sampler('parentbased_traceidratio'), { share: 1, callerDecides: true });
});

test('a wrong variable is named, with the others, before anything starts', () => {
  const { config, problems } = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318', PIXMILL_PORT: 'x' }, '1');
  assert.equal(config, undefined);
  assert.deepEqual(
    problems.map((problem) => problem.split(' ')[0]),
    ['PIXMILL_PORT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  );
  assert.throws(
    () => tracingSettings({ ...ENDPOINT, OTEL_TRACES_SAMPLER: 'often' }),
    /^Error: OTEL_TRACES_SAMPLER must/,
  );
  assert.throws(
    () => tracingSettings({ ...ENDPOINT, OTEL_TRACES_SAMPLER_ARG: '5' }),
    /^Error: OTEL_TRACES_SAMPLER_ARG must/,
  );
});
