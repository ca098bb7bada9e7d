import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FirstSeen } from '../../src/pipeline/first-seen.ts';

test('the first of equal links is found again, however many there are', () => {
  fc.assert(
    fc.property(fc.array(fc.webUrl(), { maxLength: 200 }), (links) => {
      const seen = new FirstSeen();
      for (const [number, link] of links.entries()) {
        const first = links.indexOf(link);
        assert.equal(seen.add(link, number), first === number ? null : first);
      }
      assert.equal(seen.size, new Set(links).size);
    }),
  );
});

test('the tables grow without losing a link', () => {
  const seen = new FirstSeen();
  for (let number = 0; number < 50_000; number++) assert.equal(seen.add(`https://a.example/${number}`, number), null);
  for (let number = 0; number < 50_000; number++) assert.equal(seen.add(`https://a.example/${number}`, -1), number);
});
