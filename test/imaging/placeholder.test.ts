import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import { decoders } from '../support/decoders.ts';
import { disc, distance, photo, RED } from '../support/pictures.ts';

const { compress, compressAll } = decoders();

describe('the placeholder of an image', () => {
  test('has its main colour and a hash that shows it blurred, transparency included', async () => {
    const red = sharp({ create: { width: 300, height: 200, channels: 3, background: { r: 200, g: 30, b: 30 } } });
    const { placeholder } = await compress(await red.jpeg({ quality: 95 }).toBuffer(), { format: 'webp' });
    assert.ok(placeholder);
    const [, r, g, b] = /^#(..)(..)(..)$/.exec(placeholder.colour) ?? [];
    assert.ok(
      distance(
        [r, g, b].map((hex) => Number.parseInt(hex ?? '', 16)),
        RED,
      ) <= 3,
    );
    const clear = (await compress(await disc().png().toBuffer())).placeholder;
    const { rgba } = thumbHashToRGBA(Buffer.from(clear?.thumbhash ?? '', 'base64'));
    assert.ok((rgba[3] ?? 255) < 60, 'the corner of a disc on nothing is transparent');
  });

  test('is made of the main picture alone', async () => {
    const [main, thumb] = await compressAll(await photo().jpeg().toBuffer(), [{ format: 'webp' }, { max_width: 60 }]);
    assert.ok(main?.placeholder);
    assert.equal(thumb?.placeholder, undefined);
  });

  test('is there for a moving AVIF as well, which is kept as it is', async () => {
    const avif = await photo().avif({ effort: 0 }).toBuffer();
    avif.write('avis', 8, 'latin1');
    const moov = Buffer.from('\0\0\0\x08moov', 'latin1');
    const { outcome, placeholder } = await compress(Buffer.concat([avif, moov]));
    assert.equal(outcome, 'kept_original');
    assert.ok(placeholder);
  });

  test('is left out where a JPEG is made smaller without being decoded', async () => {
    const jpeg = await photo().jpeg({ quality: 95 }).toBuffer();
    assert.equal((await compress(jpeg)).placeholder, undefined);
    assert.ok((await compress(jpeg, { effort: 'small' })).placeholder);
    assert.ok((await compress(jpeg, { max_width: 60 })).placeholder);
  });
});
