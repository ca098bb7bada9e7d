import { lacksScheme } from './links-without-scheme.ts';
import { isPictureName } from './picture-link.ts';

/** An ampersand as HTML and XML write it, once or again and again. */
const AMPERSAND = /&(?:amp;|#0*38;|#x0*26;)(?:amp;|#0*38;|#x0*26;)*/gi;

/** A link as it was surely meant; as it is where nothing is wrong with it. */
export function repairLink(written: string): string {
  let link = written;
  if (link.includes('&')) link = link.replace(AMPERSAND, '&');
  if (/^https?:\/\/https?:\/\//i.test(link)) link = link.replace(/^https?:\/\//i, '');
  if (link.includes('#')) link = withoutFragment(link);
  return lacksScheme(link) && !/^www\./i.test(link) ? `https://${link}` : link;
}

/** A link as JSON and PHP write it, with `\/` for `/` and `\u0026` for `&`, or as it is. */
export function unescaped(link: string): string {
  if (!link.includes(':\\/\\/') && !link.includes('\\u00')) return link;
  try {
    return JSON.parse(`"${link}"`) as string;
  } catch {
    return link.replaceAll('\\/', '/');
  }
}

/** A `#` in a file name would cut off what follows: no browser sends that to the host. */
function withoutFragment(link: string): string {
  const at = link.indexOf('#');
  const [before, after] = [link.slice(0, at), link.slice(at + 1)];
  const path = before.replace(/\?.*$/s, '');
  return !isPictureName(path) && isPictureName(after) ? link.replaceAll('#', '%23') : link;
}
