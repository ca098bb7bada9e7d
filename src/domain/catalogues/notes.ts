interface NoteKind<Values> {
  /** For docs/errors.md: what it means, without the values of one picture. */
  meaning: string;
  /** One sentence or two for the user: what was done, and what to do where something else was wanted. */
  sentence(values: Values): string;
}

const kind = <Values extends object = Record<never, never>>(
  meaning: string,
  sentence: (values: Values) => string,
): NoteKind<Values> => ({ meaning, sentence });

/** What the user should know of an image that is done, an entry each. `check_CHANNEL_RULE` is made by `checkNote`. */
export const NOTES = {
  first_frame_only: kind<{ format: string; pages?: number }>(
    'The picture moves or has several pages, and the result cannot: only the first one was kept.',
    ({ format, pages }) =>
      pages === undefined
        ? `The picture moves, and as ${format} it does not: only its first frame was kept. Choose another format to keep all of it.`
        : `The file has ${pages} pages, and ${format} has one: only the first was kept. Save the others as files of their own.`,
  ),
  hdr_removed: kind(
    'The picture has a high dynamic range, which was brought to that of usual screens.',
    () => 'The picture has a high dynamic range, which was brought to that of usual screens. Compare its brightness.',
  ),
  colours_assumed: kind(
    'The picture has no colour profile that can be used; its colours were taken as browsers take them.',
    () =>
      'The picture has no colour profile that can be used, so its colours were taken as browsers take them. Compare them; if they are off, save the picture in sRGB.',
  ),
  format_changed: kind<{ wanted: string; used: string }>(
    'The wanted format cannot hold the picture; the nearest one that can was taken.',
    ({ wanted, used }) => `The picture cannot be written as ${wanted}, so it was written as ${used}.`,
  ),
  end_missing: kind(
    'The file ends too early; the picture is as browsers show it.',
    () =>
      'The file ends too early, and the picture is as browsers show it. Upload it to the image host again if something is missing.',
  ),
  same_picture: kind<{ link: string }>(
    'Another link leads to the same picture, which was made once.',
    ({ link }) => `The link ${link} leads to the same picture. Check whether another picture was meant here.`,
  ),
  over_max_bytes: kind<{ bytes: number; limit: number }>(
    'No quality brings the picture below `max_bytes`.',
    ({ bytes, limit }) =>
      `The picture has ${bytes} bytes, more than the ${limit} that were asked for, at the lowest quality. Make it smaller by max_width, max_height or scale.`,
  ),
  under_wanted_size: kind<{ width: number; height: number; wantedWidth: number; wantedHeight: number }>(
    'The uploaded picture is smaller than the wanted size, and pictures are never enlarged (`fit=pad` and `fit=cover`).',
    ({ width, height, wantedWidth, wantedHeight }) =>
      `The uploaded picture has ${width} × ${height} pixels, fewer than the ${wantedWidth} × ${wantedHeight} that were asked for, and was not enlarged. Upload a larger one.`,
  ),
  kept_larger_format: kind<{ format: string; bytes: number; bytesIn: number }>(
    'In the wanted format the picture has more bytes than the upload.',
    ({ format, bytes, bytesIn }) =>
      `As ${format} the picture has ${bytes} bytes, more than the ${bytesIn} of the upload. Choose format=same to keep the smaller one.`,
  ),
  larger_than_upload: kind<{ bytes: number; bytesIn: number }>(
    'The result has more bytes than the upload, which could not stand for it: another size was asked for, it lies on its side, or its metadata cannot be taken out.',
    ({ bytes, bytesIn }) =>
      `The result has ${bytes} bytes, more than the ${bytesIn} of the upload, which could not stand for it as it is. Choose a lower quality, or save the picture upright and whole in the wanted size.`,
  ),
  link_repaired: kind<{ link: string }>(
    'The link was not complete, or led to a page; the image was fetched from the link that it stands for.',
    ({ link }) => `The image was fetched from ${link}. Correct the link in the table if another one was meant.`,
  ),
};

type KnownCode = keyof typeof NOTES;
type CheckCode = `check_${string}`;

export type NoteCode = KnownCode | CheckCode;

/** A note as it is stored: the sentence is made when it is read. */
export interface Note {
  code: NoteCode;
  /** What the sentence is made with; absent where it is made with nothing. */
  values?: object;
}

type NoteValues<Code extends KnownCode> = Parameters<(typeof NOTES)[Code]['sentence']>[0];

/** @example note('link_repaired', { link: 'https://shop.example/mug.jpg' }) */
export function note<Code extends KnownCode>(
  code: Code,
  ...[values]: [keyof NoteValues<Code>] extends [never] ? [values?: undefined] : [values: NoteValues<Code>]
): Note {
  return values === undefined ? { code } : { code, values };
}

/**
 * What a picture breaks of the published rules of a sales channel.
 * @param sentence which rule, what the picture has, and what to do
 * @example checkNote('amazon', 'too_small', 'The picture has 320 pixels; Amazon asks for 1,000. Upload a larger one.')
 */
export function checkNote(channel: string, rule: string, sentence: string): Note {
  return { code: `check_${channel.replaceAll('-', '_')}_${rule}`, values: { sentence } };
}

/** Every code of a note, as a regular expression for whole strings. */
export const NOTE_CODE = `^(${Object.keys(NOTES).join('|')}|check_[a-z0-9_]{1,80})$`;

const CODES = new RegExp(NOTE_CODE);

export function isNoteCode(code: unknown): code is NoteCode {
  return typeof code === 'string' && CODES.test(code);
}

/** The sentence of a note; the code itself where a later release knows it no more. */
export function noteSentence({ code, values = {} }: Note): string {
  if (code in NOTES) {
    // One signature for all codes: which values belong to which is checked where a note is made.
    return (NOTES[code as KnownCode] as { sentence(values: object): string }).sentence(values);
  }
  return 'sentence' in values ? String(values.sentence) : code;
}
