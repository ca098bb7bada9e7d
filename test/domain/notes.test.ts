import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkNote, NOTE_CODE, type NoteCode, note, noteSentence } from '../../src/domain/catalogues/notes.ts';
import { sourceUrl } from '../../src/domain/source-url.ts';

test('a note says in a sentence what was done, with its values', () => {
  assert.equal(
    noteSentence(note('format_changed', { wanted: 'WebP', used: 'PNG' })),
    'The picture cannot be written as WebP, so it was written as PNG.',
  );
  assert.match(noteSentence(note('hdr_removed')), /^The picture has a high dynamic range/);
});

test('a note of a check has the code of its channel and rule, and the sentence of the rule', () => {
  const found = checkNote('google-merchant', 'too_small', 'Upload a larger picture.');
  assert.equal(found.code, 'check_google_merchant_too_small');
  assert.equal(noteSentence(found), 'Upload a larger picture.');
});

test('a note whose code is not known any more shows the code', () => {
  assert.equal(noteSentence({ code: 'of_an_older_release' as NoteCode, values: { link: 'x' } }), 'of_an_older_release');
});

test('a filter takes every code of a note and nothing else', () => {
  const codes = ['link_repaired', 'kept_larger_format', 'check_amazon_too_small'];
  const others = ['', 'link', 'link_repaired2', 'check_', 'check_A', 'http_404'];
  const pattern = new RegExp(NOTE_CODE);
  assert.deepEqual(
    [...codes, ...others].filter((code) => pattern.test(code)),
    codes,
  );
});

test('a link that is fetched from elsewhere than it is written is noted, any other is not', () => {
  const repaired = {
    '//shop.example/mug.jpg': 'https://shop.example/mug.jpg',
    'www.shop.example/mug.jpg': 'https://www.shop.example/mug.jpg',
    'https://www.dropbox.com/s/abc/mug.jpg?dl=0': 'https://www.dropbox.com/s/abc/mug.jpg?dl=1',
    'https://drive.google.com/file/d/abc/view': 'https://drive.google.com/uc?export=download&id=abc',
  };
  for (const [link, address] of Object.entries(repaired)) {
    const found = sourceUrl(link);
    assert.equal(found?.url.href, address);
    assert.deepEqual(found.notes, [note('link_repaired', { link: address })]);
  }
  for (const link of ['https://shop.example/mug.jpg', 'HTTP://SHOP.example/a b.jpg', 'https://dropbox.com/about']) {
    assert.deepEqual(sourceUrl(link)?.notes, [], link);
  }
  assert.equal(sourceUrl('ftp://shop.example/mug.jpg'), undefined);
});
