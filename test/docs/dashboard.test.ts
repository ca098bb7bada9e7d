import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { grafanaDashboard } from '../../scripts/docs/grafana-dashboard.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const read = (name: string) => readFileSync(join(DOCS, name), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string };
}
const rules = (parse(read('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);

/** What a scrape adds by itself. */
const OF_PROMETHEUS = { metrics: ['up'], labels: ['instance', 'job'] };

/** Every metric that an expression names, with the labels that it is asked for; throws where it is no PromQL. */
function selectors(expression: string): { metric: string; labels: [name: string, value: string | undefined][] }[] {
  const text = expression.replaceAll('$__rate_interval', '5m');
  const found: ReturnType<typeof selectors> = [];
  const grouped: [string, undefined][] = [];
  parser.parse(text).iterate({
    enter(node) {
      const part = text.slice(node.from, node.to);
      assert.ok(!node.type.isError, `no PromQL at ${node.from}: ${text}`);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector')
        found.push({ metric: part, labels: [] });
      const [, name = '', sign, value] = /^(\w+)(=~?|!=|!~)"(.*)"$/.exec(part) ?? [];
      if (node.name === 'UnquotedLabelMatcher') found.at(-1)?.labels.push([name, sign === '=' ? value : undefined]);
      if (node.name === 'LabelName' && node.node.parent?.name === 'GroupingLabels') grouped.push([part, undefined]);
    },
  });
  // A grouping stands before the metrics that it groups; in these files each metric of an expression has its labels.
  for (const selector of found) selector.labels.push(...grouped);
  return found;
}

describe('dashboard and alerts', () => {
  test('the dashboard is the one that the program writes (npm run docs writes it anew)', () => {
    assert.equal(read('grafana-dashboard.json'), grafanaDashboard());
  });

  test('every alert says how bad it is and is explained on the operations page', () => {
    for (const { alert, labels, annotations } of rules) {
      assert.match(labels.severity, /^(critical|warning)$/);
      assert.ok(annotations.summary, alert);
      assert.ok(read('operations.md').includes(`\`${alert}\``), alert);
    }
  });

  test('every metric and label that they name is there once a server has worked', async () => {
    const origin = await startOrigin({ '/a.jpg': await photo().jpeg({ quality: 95 }).toBuffer() });
    const pixmill = await startPixmill();
    const { request_id } = (await (
      await pixmill.upload(`S. No.,Product Name,Input Image Urls\n1,Mug,"${origin.url}/a.jpg,${origin.url}/lost.jpg"\n`)
    ).json()) as { request_id: string };
    await pixmill.finished(request_id);
    // The storage breaks: what alerts watch for is there too.
    rmSync(join(pixmill.dataDir, 'images'), { recursive: true });
    writeFileSync(join(pixmill.dataDir, 'images'), '');
    assert.equal((await pixmill.call('/ready')).status, 503);
    const text = await (await pixmill.call('/metrics')).text();
    assert.match(text, /^pixmill_reachable\{part="storage"\} 0$/m);
    assert.match(text, /^pixmill_reachable\{part="database"\} 1$/m);

    const lines = text.split('\n');
    const panels = (JSON.parse(grafanaDashboard()) as { panels: { targets?: { expr: string }[] }[] }).panels;
    const expressions = [
      ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
      ...rules.map(({ expr }) => expr),
    ];
    assert.ok(expressions.length > 30);
    for (const { metric, labels } of expressions.flatMap(selectors)) {
      if (OF_PROMETHEUS.metrics.includes(metric)) continue;
      const wanted = labels
        .filter(([name]) => !OF_PROMETHEUS.labels.includes(name))
        .map(([name, value]) => `${name}="${value ?? ''}${value === undefined ? '' : '"'}`);
      const there = lines.some(
        (line) =>
          (line.startsWith(`${metric}{`) || line.startsWith(`${metric} `)) && wanted.every((w) => line.includes(w)),
      );
      assert.ok(there, `${metric} with ${wanted.join(', ') || 'no label'}`);
    }
  });
});
