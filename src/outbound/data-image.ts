import { writeFile } from 'node:fs/promises';
import { ImageFailure } from '../domain/failure.ts';

/**
 * Writes the picture that a `data:` link itself holds (RFC 2397) into a new file.
 * @param limit of its bytes
 * @throws ImageFailure; there is no file then
 */
export async function saveDataImage({ href }: URL, file: string, limit: number): Promise<{ bytes: number }> {
  const comma = href.indexOf(',');
  const inBase64 = /;\s*base64$/i.test(href.slice(0, comma));
  const text = percentDecoded(href.slice(comma + 1));
  const content = Buffer.from(text, inBase64 ? 'base64' : 'utf8');
  if (content.length > limit) {
    throw new ImageFailure('too_large', {
      message: `The picture in the cell is larger than the limit of ${limit} bytes.`,
    });
  }
  if (content.length === 0) throw new ImageFailure('not_an_image', { message: 'The picture in the cell is empty.' });
  // Decoders may be another user; the folder around it is for them and us alone.
  await writeFile(file, content, { flag: 'wx', mode: 0o644 });
  return { bytes: content.length };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A per cent sign that stands for itself.
    return text;
  }
}
