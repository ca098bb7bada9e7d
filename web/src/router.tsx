import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';

/** Announces that we changed the address; the browser itself only tells of back and forward. */
const MOVED = 'pixmill:moved';

function subscribe(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  window.addEventListener(MOVED, changed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(MOVED, changed);
  };
}

/** The address without the host; the component is drawn again when it changes. */
export function usePlace(): URL {
  return new URL(useSyncExternalStore(subscribe, () => window.location.href));
}

/** Goes to an address of this page. @param replace leaves no trace in the history */
export function go(to: string, { replace = false } = {}): void {
  const before = window.location.pathname;
  window.history[replace ? 'replaceState' : 'pushState'](null, '', to);
  if (window.location.pathname !== before) window.scrollTo(0, 0);
  window.dispatchEvent(new Event(MOVED));
}

/** Sets or removes parameters of the present address. */
export function goWith(parameters: Record<string, string | null>, options: { replace?: boolean } = {}): void {
  const url = new URL(window.location.href);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  go(url.pathname + url.search, options);
}

/** A link inside of the page; with a modifier key it stays an ordinary link. */
export function Link({ href = '/', onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
