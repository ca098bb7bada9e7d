import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../src/domain/problem.ts';
import { LASTING_LINKS, signedLinks } from '../../src/results/image-links.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-14T09:26:53Z');
const OURS = { linkBase: 'https://pixmill.example/api/image/' };
const KEY = 'blue-mug-1-7kq2m9xd4f8hzv31np5t.jpg';

/** Links of a secret, with a clock that is set by hand. */
function linksAt(secret = 'secret', life = HOUR_MS) {
  const clock = { now: START };
  const links = signedLinks(secret, life, () => clock.now);
  const query = () => Object.fromEntries(new URL(links.linkTo(OURS, KEY)).searchParams);
  return { links, clock, query };
}

const code = (expected: string) => (error: unknown) => error instanceof Problem && error.code === expected;

test('a signed link is good for its whole life and up to an hour more, then not a moment longer', () => {
  const { links, clock, query } = linksAt();
  const given = query();
  const end = Date.parse('2026-03-14T11:00:00Z');
  assert.equal(links.check(KEY, given), end);
  clock.now = end - 1;
  links.check(KEY, given);
  clock.now = end;
  assert.throws(() => links.check(KEY, given), code('link_expired'));
});

test('all links of an hour are the same, so that caches serve them', () => {
  const { links, clock } = linksAt();
  const first = links.linkTo(OURS, KEY);
  clock.now = Date.parse('2026-03-14T10:00:00Z');
  assert.equal(links.linkTo(OURS, KEY), first);
  clock.now++;
  assert.notEqual(links.linkTo(OURS, KEY), first);
});

test('a changed name, time or signature is refused, and so is another secret', () => {
  const { links, query } = linksAt();
  const given = query();
  const later = String(Number(given.expires) + 3_600);
  const flipped = given.signature?.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  const wrong: [string, object][] = [
    [KEY.replace('mug', 'cup'), given],
    [KEY, { ...given, expires: later }],
    [KEY, { ...given, expires: ` ${given.expires}` }],
    [KEY, { ...given, signature: flipped }],
    [KEY, { ...given, signature: `${given.signature}A` }],
    [KEY, { expires: given.expires }],
    [KEY, { signature: given.signature }],
    [`${KEY}\n${given.expires}`, { expires: '', signature: given.signature }],
    [KEY, linksAt('other').query()],
    [KEY, {}],
  ];
  for (const [key, query] of wrong) assert.throws(() => links.check(key, query), code('invalid_signature'));
});

test('links to a CDN, which knows nothing of our signatures, stay as they were', () => {
  const cdn = { linkBase: 'https://cdn.example/shop/7kq2m9xd/' };
  assert.equal(linksAt().links.linkTo(cdn, KEY), cdn.linkBase + KEY);
});

test('without signing, links are bare and good for ever', () => {
  assert.equal(LASTING_LINKS.linkTo(OURS, KEY), OURS.linkBase + KEY);
  assert.equal(LASTING_LINKS.check(KEY, {}), Number.POSITIVE_INFINITY);
});
