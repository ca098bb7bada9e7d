import { ImageFailure } from '../../domain/failure.ts';
import { imageUrl } from '../../domain/image.ts';
import { directUrl } from '../../domain/share-links.ts';
import type { StagedImage } from './stage.ts';

/** The address behind the link of the table; a page of Google Drive or Dropbox becomes the picture that it shows. */
export function address(image: StagedImage): void {
  const url = imageUrl(image.inputUrl);
  if (!url) throw new ImageFailure('invalid_url');
  image.url = directUrl(url);
}
