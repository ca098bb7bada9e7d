import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DifferentNames, fileName, namePart } from '../../src/domain/file-name.ts';
import { imageKeys, type NamedImage, parseImageKey, requestTag } from '../../src/domain/image.ts';
import { NAME_OPTION } from '../../src/domain/name-template.ts';
import { readOption } from '../../src/domain/read-option.ts';

const SECRET = Buffer.alloc(32, 5);
const IMAGE: NamedImage = {
  row: 3,
  position: 2,
  productName: 'Blaue Tasse',
  serial: 'AB-12',
  inputUrl: 'https://shop.example/img/Blue%20Mug.JPG?v=2',
  columns: { SKU: '4711/a' },
};
const nameOf = (template: string | undefined, image: Partial<NamedImage> = {}) =>
  imageKeys(SECRET, { ...IMAGE, ...image }, template, [{ name: 'main', format: 'webp' }])[0]
    ?.split('/')
    .at(-1);

describe('the file name of an image', () => {
  test('is what its template says', () => {
    assert.equal(nameOf('{serial}-{position}'), 'AB-12-2.webp');
    assert.equal(nameOf('shop_{column:SKU}_{position}'), 'shop_4711-a_2.webp');
    assert.equal(nameOf('{source}'), 'Blue-Mug.webp');
    assert.equal(nameOf('{name} {rendition}'), 'Blaue-Tasse-main-2.webp');
    assert.match(nameOf('{random}{serial}') ?? '', /^[0-9a-z]{20}-?AB-12\.webp$/);
  });

  test('tells the images of a product apart where the template does not', () => {
    assert.deepEqual([nameOf('{serial}', { position: 1 }), nameOf('{serial}')], ['AB-12.webp', 'AB-12-2.webp']);
  });

  test('keeps the letters of all scripts, composed, and nothing that a file system or a list of links cannot have', () => {
    assert.equal(
      nameOf('{name}', { productName: 'Tasse fu\u0308r \u9752\u3044, Кружка', position: 1 }),
      'Tasse-für-青い-Кружка.webp',
    );
    assert.equal(namePart('a/b\\c:d*e?f"g<h>i|j,k;l\tm\u0000n\u202ecod.exe'), 'a-b-c-d-e-f-g-h-i-j-k-l-m-n-cod.exe');
    assert.match(
      nameOf(undefined, { productName: 'Blaue Tasse für Ärzte' }) ?? '',
      /^blaue-tasse-für-ärzte-2-[0-9a-z]{20}\.webp$/,
    );
  });

  test('is none that Windows keeps for devices, and neither hidden nor cut off at its end', () => {
    assert.deepEqual(
      ['con', 'LPT1.a', 'console', '..', '.htaccess', 'name.', '---'].map((stem) => fileName(stem, 'jpg')),
      ['con_.jpg', 'LPT1_.a.jpg', 'console.jpg', 'image.jpg', 'htaccess.jpg', 'name.jpg', 'image.jpg'],
    );
  });

  test('has 255 bytes at most, and keeps what cannot be guessed and the position', () => {
    const long = { productName: '青'.repeat(240), serial: 'x'.repeat(240) };
    const random = nameOf('{name}{serial}-{position}-{random}', long) ?? '';
    assert.match(random, /-2-[0-9a-z]{20}\.webp$/);
    assert.ok(Buffer.byteLength(random) <= 255 && Buffer.byteLength(random) > 200);
    assert.ok(Buffer.byteLength(nameOf('{name}-{serial}', long) ?? '') <= 235);
  });
});

describe('the key of an image', () => {
  test('cannot be guessed: by its name, or where the template leaves that out by its folder', () => {
    const pictures = ['main', 'thumb'].map((name) => ({ name, format: 'jpeg' as const }));
    for (const [template, form] of [
      [undefined, /^[^/]+-[0-9a-z]{20}\.jpg$/],
      ['{random}', /^[0-9a-z]{20}\.jpg$/],
      ['{serial}_{random}_x', /^AB-12_[0-9a-z]{20}_x\.jpg$/],
      ['{serial}', /^[0-9a-z]{20}\/AB-12(-2)?(-2)?\.jpg$/],
    ] as const) {
      const keys = imageKeys(SECRET, IMAGE, template, pictures);
      assert.equal(new Set(keys).size, 2);
      for (const key of keys) {
        assert.match(key, form);
        assert.deepEqual(parseImageKey(key), { tag: requestTag(SECRET), format: 'jpeg' });
      }
      assert.deepEqual(imageKeys(SECRET, IMAGE, template, pictures), keys, 'the same on every try');
      assert.notDeepEqual(imageKeys(Buffer.alloc(32, 6), IMAGE, template, pictures), keys);
    }
  });

  test('is nothing that leads elsewhere', () => {
    const id = requestTag(SECRET) + '0'.repeat(12);
    for (const path of [
      '..',
      `${id}/../${id}.jpg`,
      `${id}/a/b.jpg`,
      `../${id}.jpg`,
      `${id}\0.jpg`,
      `.${id}.jpg`,
      `${id}/.jpg`,
      `a,${id}.jpg`,
      `${id}/${'x'.repeat(300)}.jpg`,
    ]) {
      assert.equal(parseImageKey(path), undefined, JSON.stringify(path));
    }
  });
});

test('names that clash get a number, also where only their case differs or the number is taken', () => {
  const names = new DifferentNames();
  const given = ['a.jpg', 'a.jpg', 'A.jpg', 'a-2.jpg', 'b.jpg', 'a.jpg'].map((name) => names.of(name));
  assert.deepEqual(given, ['a.jpg', 'a-2.jpg', 'A-3.jpg', 'a-2-2.jpg', 'b.jpg', 'a-4.jpg']);
});

test('a template with an unknown placeholder, a lone brace or too much text is refused', () => {
  for (const wrong of ['{nme}', '{name', 'a}b', '{column}', 'x'.repeat(101)]) {
    assert.throws(() => readOption('name', NAME_OPTION, wrong), { code: 'invalid_option' }, wrong);
  }
  assert.equal(readOption('name', NAME_OPTION, '{serial} {column:Farbe}'), '{serial} {column:Farbe}');
  assert.equal(readOption('name', NAME_OPTION, ''), undefined);
});
