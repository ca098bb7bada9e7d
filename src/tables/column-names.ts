import { PICTURES, PLAIN_RANK, RANKS, SMALL_PICTURES, SMALL_RANK } from './column-words.ts';

/** Longer names are none of these, and the time that NFKC takes grows with the square: it sorts marks that combine. */
const NAME_CHARACTERS = 200;
/** Larger numbers are no places. */
const NUMBER = /^\d{1,4}/;

/** A name as it is compared: without case, accents of Latin letters, width, spaces and punctuation. "S. No." is "sno". */
export function normaliseName(name: string): string {
  if (name.length > NAME_CHARACTERS) return '';
  const lower = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
  return lower.trim() === '#'
    ? '#'
    : lower
        .replace(/[^\p{L}\p{N}]/gu, '')
        .replaceAll('ł', 'l')
        .replaceAll('ı', 'i');
}

/** Which of the image columns one is by its name: columns of a lower rank are read first, then by their numbers. */
export interface ImageName {
  rank: number;
  /** `image_3`: 3; 0 where it has none. */
  number: number;
}

/** By their first letters: most names are no image's, and that is to be seen at once. */
const WORDS = new Map<string, { word: string; rank: number; picture: boolean }[]>();
for (const [rank, words] of RANKS.entries()) for (const word of words) addWord(word, rank, false);
for (const word of PICTURES) addWord(word, SMALL_PICTURES.includes(word) ? SMALL_RANK : PLAIN_RANK, true);

function addWord(name: string, rank: number, picture: boolean): void {
  const word = normaliseName(name);
  const first = word.charAt(0);
  const known = WORDS.get(first) ?? [];
  WORDS.set(first, known);
  known.push({ word, rank, picture });
}

/** Whether one word of a name is a word for pictures, as in `image_name`. */
export function hasPictureWord(name: string): boolean {
  if (name.length > NAME_CHARACTERS) return false;
  const words = name
    .split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u)
    .map((word) => normaliseName(word).replace(/\d+$/, ''));
  return words.some((word) => WORDS.get(word.charAt(0))?.some((known) => known.picture && known.word === word));
}

/** A way through the first letters of a name. */
interface Reading extends ImageName {
  picture: boolean;
}

/**
 * Reads a name that consists of nothing but words for pictures, words about them and numbers, in any order.
 * @param name normalised
 * @returns undefined where it holds anything else, or no word for a picture
 */
export function imageName(name: string): ImageName | undefined {
  // By the place that has been reached, so that no part is read twice however many words begin there.
  const reached: (Reading | undefined)[] = [{ rank: PLAIN_RANK, number: 0, picture: false }];
  for (let at = 0; at < name.length; at++) {
    const reading = reached[at];
    if (!reading) continue;
    const [digits] = NUMBER.exec(name.slice(at, at + 5)) ?? [];
    if (digits !== undefined && digits.length < 5) {
      // 1920 pixels are no place.
      const number = digits.length < 4 ? Number(digits) : reading.number;
      better(reached, at + digits.length, { ...reading, number });
    }
    for (const { word, rank, picture } of WORDS.get(name.charAt(at)) ?? []) {
      if (!name.startsWith(word, at)) continue;
      const special =
        rank === PLAIN_RANK ? reading.rank : reading.rank === PLAIN_RANK ? rank : Math.max(rank, reading.rank);
      better(reached, at + word.length, { rank: special, number: reading.number, picture: picture || reading.picture });
    }
  }
  const end = reached[name.length];
  return end?.picture ? { rank: end.rank, number: end.number } : undefined;
}

function better(reached: (Reading | undefined)[], at: number, reading: Reading): void {
  const known = reached[at];
  if (!known || (reading.picture && !known.picture)) reached[at] = reading;
}
