import { readXml } from '../read-xml.ts';
import { placeOf } from './cell-place.ts';
import { WORKBOOK_XML } from './not-workbook.ts';

/** What stands for a picture that a cell holds; it fails as an image, and its text says why. */
export const PICTURE_TEXT = '(a picture in the cell instead of a link)';

/** More are not remembered: their rows are named as rows without a link. */
const MOST_PICTURES = 100_000;

/**
 * The cells over which the pictures of a sheet lie, by their place (ECMA-376 part 1, 20.5.2).
 * @param drawing the part of the sheet that holds its pictures
 * @throws Problem `not_csv`
 */
export async function readPictures(drawing: AsyncIterable<Uint8Array>): Promise<Set<number>> {
  const places = new Set<number>();
  let from = false;
  let reads: 'col' | 'row' | undefined;
  let [column, row] = ['', ''];
  const handler = {
    open(name: string) {
      if (name.endsWith('Anchor')) [column, row] = ['', ''];
      else if (name === 'from') from = true;
      else if (from && (name === 'col' || name === 'row')) reads = name;
      else if (name === 'pic' && column !== '' && row !== '' && places.size < MOST_PICTURES) {
        places.add(placeOf(Number(row) + 1, Number(column)));
      }
    },
    text(piece: string) {
      if (reads === 'col') column += piece.trim();
      else if (reads === 'row') row += piece.trim();
    },
    close(name: string) {
      if (name === 'from') from = false;
      if (name === reads) reads = undefined;
    },
  };
  for await (const _ of readXml(drawing, handler, WORKBOOK_XML));
  return places;
}
