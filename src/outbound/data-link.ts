import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fetch } from 'undici';
import { ImageFailure } from '../domain/failure.ts';
import { tooLarge } from './content-coding.ts';

/** Most characters for a byte: base64 takes 4/3, percent-encoding 3. */
const CHARACTERS_PER_BYTE = 3;
/** What may stand before the data: the type and its parameters. */
const HEAD_CHARACTERS = 1_000;

/**
 * Writes the picture that a `data:` link holds itself (RFC 2397) into a new file; nothing is asked for over the network.
 * @param limit most bytes of the picture
 * @throws ImageFailure `too_large`, `invalid_url`, `not_an_image` where it is empty
 */
export async function saveDataLink(url: URL, file: string, limit: number): Promise<{ bytes: number; sha256: string }> {
  if (url.href.length > limit * CHARACTERS_PER_BYTE + HEAD_CHARACTERS) throw tooLarge(limit);
  const data = await fetch(url).then(
    (response) => response.bytes(),
    (cause) => {
      throw new ImageFailure('invalid_url', {
        cause,
        message: 'The picture inside of the "data:" link cannot be read.',
      });
    },
  );
  if (data.length > limit) throw tooLarge(limit);
  if (data.length === 0) throw new ImageFailure('not_an_image', { message: 'The "data:" link holds no picture.' });
  // Decoders may be another user; the folder around it is for them and us alone.
  await writeFile(file, data, { flag: 'wx', mode: 0o644 });
  return { bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') };
}
