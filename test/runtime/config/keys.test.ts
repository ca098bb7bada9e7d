import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../src/runtime/config/config.ts';

const KEY = '0123456789abcdef';
const OTHER = 'fedcba9876543210';
const read = (env: Record<string, string>) => readConfig(env, '1.0.0');
const keys = (value: string) => read({ PIXMILL_API_KEYS: value });

test('an entry is a key, a key of a customer, or a plain key that holds a colon', () => {
  assert.deepEqual(keys(`${KEY}, acme:${OTHER},:with:colon-${KEY},a-1_b:${KEY}${KEY}, acme:b:${KEY}`).config?.apiKeys, [
    { key: KEY, customer: null },
    { key: OTHER, customer: 'acme' },
    { key: `with:colon-${KEY}`, customer: null },
    { key: `${KEY}${KEY}`, customer: 'a-1_b' },
    { key: `b:${KEY}`, customer: 'acme' },
  ]);
  const longest = 'a'.repeat(64);
  assert.equal(keys(`${longest}:${KEY}`).config?.apiKeys[0]?.customer, longest);
});

test('what could be read both ways is refused, with what to write instead and without the key', () => {
  const entries = [`Acme:${KEY}`, `${'a'.repeat(65)}:${KEY}`, `-a:${KEY}`, 'acme:too-short-a-key', `a.b:${KEY}`];
  for (const entry of entries.map((one) => one.replace('too-short-a-key', '0123456789abcde'))) {
    const { config, problems } = keys(`${OTHER},${entry}`);
    assert.equal(config, undefined, entry);
    const [problem = '', ...more] = problems;
    assert.deepEqual(more, []);
    assert.match(problem, /^PIXMILL_API_KEYS must not hold what could be read both ways: entry 2 .* write :KEY\.$/);
    assert.ok(!problem.includes('0123456789abcde'), problem);
  }
});

test('a key has one customer, and is not an operator too', () => {
  for (const twice of [`acme:${KEY},other:${KEY}`, `acme:${KEY},${KEY}`, `${KEY},acme:${KEY}`]) {
    assert.match(keys(twice).problems.join(), /must not hold a key twice/, twice);
  }
  assert.equal(keys(`acme:${KEY},acme:${OTHER},acme:${KEY}`).problems.length, 0);
  const both = read({ PIXMILL_API_KEYS: `acme:${KEY}`, PIXMILL_OPERATOR_KEYS: `${OTHER},${KEY}` });
  assert.match(both.problems.join(), /^PIXMILL_OPERATOR_KEYS has a key that PIXMILL_API_KEYS has too/);
  assert.match(read({ PIXMILL_OPERATOR_KEYS: 'short' }).problems.join(), /PIXMILL_OPERATOR_KEYS must hold keys of at/);
});
