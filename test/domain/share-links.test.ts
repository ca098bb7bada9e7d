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
  [
    'https://1drv.ms/i/c/339942fd8b9cbd18/IQCDKvutg2sU?e=TIPQpU',
    'https://my.microsoftpersonalcontent.com/personal/339942fd8b9cbd18/_layouts/15/download.aspx?share=IQCDKvutg2sU',
  ],
  [
    `https://onedrive.live.com/?redeem=${Buffer.from('https://1drv.ms/i/c/33ab/IQ-x?e=T').toString('base64url')}&cid=33ab`,
    'https://my.microsoftpersonalcontent.com/personal/33ab/_layouts/15/download.aspx?share=IQ-x',
  ],
  [
    'https://onedrive.live.com/redir?resid=D3A1!1156&authkey=!ANIJ&e=x',
    'https://onedrive.live.com/download?resid=D3A1%211156&authkey=%21ANIJ',
  ],
  [
    'https://onedrive.live.com/embed?cid=D3A1&resid=D3A1%211156&authkey=ANIJ',
    'https://onedrive.live.com/download?cid=D3A1&resid=D3A1%211156&authkey=ANIJ',
  ],
  [
    'https://shop-my.sharepoint.com/:i:/g/personal/anna_shop_com/EdjI7bZ?e=abc',
    'https://shop-my.sharepoint.com/personal/anna_shop_com/_layouts/15/download.aspx?share=EdjI7bZ',
  ],
  [
    'https://shop.sharepoint.com/:i:/s/Products/EdjI7bZ?e=abc',
    'https://shop.sharepoint.com/sites/Products/_layouts/15/download.aspx?share=EdjI7bZ',
  ],
  ['https://shop.sharepoint.com/:i:/g/EdjI7bZ', 'https://shop.sharepoint.com/_layouts/15/download.aspx?share=EdjI7bZ'],
  [
    'https://shop.sharepoint.com/:i:/r/sites/Products/mug.jpg?csf=1',
    'https://shop.sharepoint.com/:i:/r/sites/Products/mug.jpg?csf=1&download=1',
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
    'https://1drv.ms/i/s!AjIxK6fZSqHTiH9q',
    'https://onedrive.live.com/download?resid=D3A1!1156&authkey=ANIJ',
    'https://onedrive.live.com/?id=D3A1',
    'https://shop.sharepoint.com/:f:/s/Products/EdjI7bZ',
    'https://shop.sharepoint.com.evil.example/:i:/s/Products/EdjI7bZ',
    'https://shop.sharepoint.com/sites/Products/mug.jpg',
    'https://shop.example/s/abc/mug.jpg?dl=0',
  ]) {
    assert.equal(directUrl(new URL(link)).href, link);
  }
});
