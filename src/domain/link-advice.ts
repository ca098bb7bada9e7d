/** What people put into links by mistake, and what to do about it; the first one that fits is told. */
const SLIPS: [RegExp, string][] = [
  [/&(amp;|#0*38;)/i, 'The link holds "&amp;", as HTML writes a "&": write "&" alone.'],
  [/%(?![0-9a-f]{2})/i, 'The link holds a "%" that begins no code: write "%25" for it.'],
  [
    /#/,
    'The link holds a "#", behind which nothing reaches the host: where it belongs to the name, write "%23" for it.',
  ],
  [/^[^(]*\)$/, 'The link ends in a ")" that it may not belong to: leave it out.'],
  [/[.,;:'"\]}>]$|%22$|%3e$/i, 'The link ends in a mark that it may not belong to: leave it out.'],
];

/**
 * A guess at what is wrong with a link that the host refuses, as a sentence for whoever wrote it; '' where nothing
 * meets the eye.
 * @example linkAdvice('https://shop.example/mug.jpg?w=80&amp;h=60')
 */
export function linkAdvice(link: string): string {
  return SLIPS.find(([pattern]) => pattern.test(link))?.[1] ?? '';
}
