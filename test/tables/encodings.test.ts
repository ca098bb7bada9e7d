import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { Problem } from '../../src/domain/problem.ts';
import { readTable, resultOf } from '../support/read-table.ts';

const table = (...names: string[]) =>
  `id,name,image\n${names.map((name, index) => `${index + 1},${name},https://s.example/${index}.jpg\n`).join('')}`;

/** Few and short words, as a table of a few products has them. */
const SHORT: [encoding: string, names: string[]][] = [
  ['gbk', ['白色花瓶', '木制餐桌']],
  ['shift_jis', ['白い花瓶', '木のテーブル']],
  ['big5', ['白色花瓶', '木製餐桌', '玻璃杯']],
  ['euc-kr', ['하얀 꽃병', '나무 탁자']],
  ['windows-1250', ['Biały wazon', 'Drewniany stół', 'Łyżka']],
  ['windows-1251', ['Белая ваза', 'Стол']],
  ['windows-1252', ['Weiße Vase', 'Grüner Krug']],
  ['windows-1252', ['Café crème', 'Théière']],
  ['windows-1252', ['Jarrón pequeño', 'Taza']],
  ['windows-1253', ['Λευκό βάζο', 'Ξύλινο τραπέζι']],
  ['windows-1254', ['Beyaz vazo şık', 'Ağaç sehpa', 'Çaydanlık']],
];

for (const [encoding, names] of SHORT) {
  test(`${names.join(', ')} in ${encoding}: the guess is right, said with a sample, and the result is in it`, async () => {
    const upload = iconv.encode(table(...names), encoding);
    const read = await readTable(upload);
    assert.deepEqual([read.layout.encoding, read.encodingSure], [encoding, false]);
    assert.deepEqual(
      read.products.map(({ name }) => name),
      names,
    );
    const [warning] = read.warnings;
    assert.equal(warning?.code, 'not_utf8');
    assert.ok(warning?.message.includes(`"${names.find((name) => /[^\0-\x7f]/.test(name))}"`), warning?.message);
    const result = await resultOf(read, () => 'OUT');
    const expected = table(...names)
      .replace('image\n', 'image,Output Image Urls\n')
      .replaceAll('.jpg\n', '.jpg,OUT\n');
    assert.deepEqual(result, iconv.encode(expected, encoding));
  });
}

describe('one bad byte', () => {
  const good = Buffer.from(table('Weiße Vase', 'Grüner Krug', 'Tüte'));
  const bad = Buffer.concat([good, Buffer.from([0x34, 0x2c, 0x43, 0xe9]), Buffer.from(',https://s.example/9.jpg\n')]);

  test('makes no mojibake of a UTF-8 file: it is named with its line', async () => {
    const { layout, products, warnings } = await readTable(bad);
    assert.deepEqual([layout.encoding, products[0]?.name, products[3]?.name], ['utf-8', 'Weiße Vase', 'C\ufffd']);
    assert.deepEqual([warnings[0]?.code, warnings[0]?.line], ['bad_bytes', 5]);
  });

  test('is no reason to keep to UTF-8 where nothing else is it', async () => {
    const { layout, products } = await readTable(Buffer.from(table('Weiße Vase', 'Grüner Krug'), 'latin1'));
    assert.deepEqual([layout.encoding, products[0]?.name], ['windows-1252', 'Weiße Vase']);
  });
});

test('a named encoding is obeyed, under any of its names, and is no guess', async () => {
  const upload = iconv.encode(table('ваза'), 'koi8-r');
  const read = await readTable(upload, { encoding: 'KOI8' });
  assert.deepEqual([read.layout.encoding, read.encodingSure, read.products[0]?.name], ['koi8-r', true, 'ваза']);
  assert.ok((await resultOf(read, () => 'OUT')).includes(iconv.encode('ваза', 'koi8-r')));
});

test('an encoding that nobody knows is refused with examples', async () => {
  const refused = await readTable(table('Vase'), { encoding: 'klingon' }).catch((error: unknown) => error);
  assert.ok(refused instanceof Problem);
  assert.deepEqual([refused.code, refused.detail?.includes('"shift_jis"')], ['invalid_option', true]);
});

test('a result that its encoding cannot hold comes as UTF-8 with a mark, and says so', async () => {
  // 0x80 0xff is no character of Shift_JIS.
  const upload = Buffer.concat([
    iconv.encode(table('白い花瓶'), 'shift_jis'),
    Buffer.from([0x32, 0x2c, 0x80, 0xff, 0x2c]),
  ]);
  const read = await readTable(Buffer.concat([upload, Buffer.from('https://s.example/2.jpg\n')]), {
    encoding: 'shift_jis',
  });
  assert.ok(read.warnings.some(({ code }) => code === 'result_in_utf8'));
  assert.ok(
    (await resultOf(read, () => 'OUT')).toString().startsWith('\ufeffid,name,image,Output Image Urls\n1,白い花瓶,'),
  );
});

test('every character of two bytes comes back as the same bytes, or as others for the same character', async () => {
  for (const encoding of ['shift_jis', 'gbk', 'big5', 'euc-kr']) {
    const decoder = new TextDecoder(encoding, { fatal: true });
    const names: string[] = [];
    for (let first = 0xa1; first <= 0xfe; first++) {
      let name = '';
      for (let second = 0xa1; second <= 0xfe; second++) {
        try {
          name += decoder.decode(Uint8Array.of(first, second));
        } catch {
          // Not every pair is a character.
        }
      }
      // Private characters and marks of these encodings are not written by anybody.
      names.push(name.replace(/[^\p{L}]/gu, ''));
    }
    const used = names.filter((name) => name !== '');
    const read = await readTable(iconv.encode(table(...used), encoding === 'gbk' ? 'gb18030' : encoding), { encoding });
    assert.deepEqual(
      read.products.map(({ name }) => name),
      used,
    );
  }
});
