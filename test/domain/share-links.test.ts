import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directUrl } from '../../src/domain/share-links.ts';

const CASES: [string, string][] = [
  ['https://www.dropbox.com/s/abc123/mug.jpg?dl=0', 'https://www.dropbox.com/s/abc123/mug.jpg?dl=1'],
  ['https://dropbox.com/s/abc123/mug.jpg', 'https://dropbox.com/s/abc123/mug.jpg?dl=1'],
  ['https://www.dropbox.com/s/abc123/mug.jpg?raw=1', 'https://www.dropbox.com/s/abc123/mug.jpg?dl=1'],
  [
    'https://www.dropbox.com/scl/fi/abc123/mug.jpg?rlkey=k9&dl=0',
    'https://www.dropbox.com/scl/fi/abc123/mug.jpg?rlkey=k9&dl=1',
  ],
  ['https://drive.google.com/file/d/1A_b-C/view?usp=sharing', 'https://drive.google.com/uc?export=download&id=1A_b-C'],
  ['https://drive.google.com/file/d/1A_b-C', 'https://drive.google.com/uc?export=download&id=1A_b-C'],
  ['https://drive.google.com/open?id=1A_b-C', 'https://drive.google.com/uc?export=download&id=1A_b-C'],
  [
    'https://drive.google.com/file/d/1A_b-C/view?resourcekey=0-x',
    'https://drive.google.com/uc?export=download&id=1A_b-C&resourcekey=0-x',
  ],
];

test('share links become the addresses of their files', () => {
  for (const [link, direct] of CASES) assert.equal(directUrl(new URL(link)).href, direct);
});

test('every other address stays as it is', () => {
  for (const link of [
    'https://drive.google.com/uc?export=download&id=1A',
    'https://drive.google.com/drive/folders/1A',
    'https://drive.google.com/open',
    'https://www.dropbox.com/home/mug.jpg?dl=0',
    'https://dropbox.com.shop.example/s/abc/mug.jpg?dl=0',
    'https://shop.example/file/d/1A/view',
    'https://shop.example/s/abc/mug.jpg?dl=0',
  ]) {
    assert.equal(directUrl(new URL(link)).href, link);
  }
});
