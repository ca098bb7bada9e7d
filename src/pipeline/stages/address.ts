import { ImageFailure } from '../../domain/failure.ts';
import { sourceUrl } from '../../domain/source-url.ts';
import type { StagedImage } from './stage.ts';

/** The address behind the link of the table; a page of Google Drive or OneDrive becomes the picture that it shows. */
export function address(image: StagedImage): void {
  const source = sourceUrl(image.inputUrl);
  if (!source) throw new ImageFailure('invalid_url');
  image.url = source.url;
  image.notes.push(...source.notes);
}
