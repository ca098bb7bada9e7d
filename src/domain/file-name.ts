/** What file systems and ZIP programs take in a name, in bytes of UTF-8. */
export const MOST_BYTES = 255;

/**
 * What no name of a file may hold: controls, half characters, what separates names in a path or links in a cell, what
 * Windows forbids, and marks that turn the direction of writing, by which a name could pretend another extension.
 */
const FORBIDDEN = String.raw`\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{White_Space}\/\\:*?"<>|,;\u200e\u200f\u202a-\u202e\u2066-\u2069`;

/** Names of devices, with any extension (Microsoft, "Naming Files, Paths, and Namespaces"). */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$/i;

export const FORBIDDEN_RUN = new RegExp(`[${FORBIDDEN}]+`, 'gu');

/** One segment of a path as `fileName` makes it, for the pattern of a key; flag `v` or `u`. */
export const SEGMENT = `(?!\\.)[^${FORBIDDEN}]+`;

/** A value of a template as a part of a name: letters of all scripts stay (NFC), what is forbidden becomes `-`. */
export function namePart(value: string): string {
  return value.normalize('NFC').toWellFormed().trim().replace(FORBIDDEN_RUN, '-');
}

/**
 * A whole file name that every file system takes.
 * @param stem without forbidden characters, as made of `namePart`s
 * @param extension without the dot
 * @param mostBytes of the name, the extension included
 */
export function fileName(stem: string, extension: string, mostBytes = MOST_BYTES): string {
  // Dots at the end are lost on Windows; one at the beginning hides the file.
  const plain = stem.replace(/^[.-]+|[.-]+$/g, '') || 'image';
  const [first = ''] = plain.split('.');
  const safe = RESERVED.test(first) ? `${first}_${plain.slice(first.length)}` : plain;
  return `${cut(safe, mostBytes - extension.length - 1)}.${extension}`;
}

/** Cut between characters, not within one. */
export function cut(text: string, mostBytes: number): string {
  let bytes = 0;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > mostBytes) break;
    kept += segment;
  }
  return kept;
}

/**
 * Gives names that nothing else has: what clashes gets `-2`, `-3` and so on before its extension. Two names clash where
 * some file system takes them for one, whatever their case.
 */
export class DifferentNames {
  readonly #taken = new Map<string, number>();

  /** @param name file name, or a path with `/` */
  of(name: string): string {
    const dot = name.lastIndexOf('.');
    const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    for (let number = this.#taken.get(folded(name)) ?? 1; ; number++) {
      const suffix = number === 1 ? '' : `-${number}`;
      const candidate = cut(stem, MOST_BYTES - extension.length - suffix.length) + suffix + extension;
      if (number > 1 && this.#taken.has(folded(candidate))) continue;
      this.#taken.set(folded(name), number + 1);
      if (number > 1) this.#taken.set(folded(candidate), 2);
      return candidate;
    }
  }
}

const folded = (name: string) => name.normalize('NFC').toLowerCase();
