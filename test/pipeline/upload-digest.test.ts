import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { readUploadOptions } from '../../src/domain/upload-options.ts';
import { uploadDigest } from '../../src/pipeline/upload-digest.ts';

const FILE = 'ab'.repeat(32);
const digest = (...sent: [string, string][]) =>
  uploadDigest(FILE, readUploadOptions(new Map(sent)), 'https://a.example/');

test('an upload that was accepted by the first release and is repeated after an upgrade is the same', () => {
  // As 0.1.0 made it.
  const options = { quality: 70, scale: 100, format: 'same', effort: 'fast' };
  const wishes = { options, webhookUrl: 'https://a.example/', delimiter: ';', dryRun: false, skipBadRows: true };
  const before = hash('sha256', JSON.stringify([FILE, wishes]));
  assert.equal(digest(['quality', '70'], ['delimiter', ';'], ['on_error', 'skip']), before);
});

test('every option that is sent makes another upload of it, its default does not', () => {
  assert.equal(digest(['quality', '50'], ['dry_run', 'no']), digest());
  const sent: [string, string][] = [
    ['quality', '51'],
    ['scale', '99'],
    ['format', 'jpg'],
    ['effort', 'small'],
    ['delimiter', 'tab'],
    ['on_error', 'skip'],
  ];
  assert.equal(new Set([digest(), ...sent.map((field) => digest(field))]).size, sent.length + 1);
});
