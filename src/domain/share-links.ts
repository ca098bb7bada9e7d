/** Rewrites by host: the page that a share link shows, as the address of the file behind it. */
const DIRECT: Record<string, (url: URL) => URL> = {
  'dropbox.com': dropbox,
  'www.dropbox.com': dropbox,
  'drive.google.com': googleDrive,
};

/**
 * The file behind a share link of Dropbox or Google Drive, which themselves lead to a web page; any other address as it
 * is. Only for the download: the CSV keeps the link as written.
 */
export function directUrl(url: URL): URL {
  return DIRECT[url.hostname]?.(url) ?? url;
}

function dropbox(url: URL): URL {
  if (!/^\/(?:s|scl\/fi)\//.test(url.pathname)) return url;
  const direct = new URL(url);
  // "raw" shows the file and "dl" downloads it; the key beside them, "rlkey", has to stay.
  direct.searchParams.delete('raw');
  direct.searchParams.set('dl', '1');
  return direct;
}

function googleDrive(url: URL): URL {
  const inPath = /^\/file\/(?:u\/\d+\/)?d\/([\w-]+)/.exec(url.pathname)?.[1];
  const id = inPath ?? (url.pathname === '/open' ? url.searchParams.get('id') : null);
  if (!id) return url;
  const direct = new URL('/uc', url.origin);
  direct.searchParams.set('export', 'download');
  direct.searchParams.set('id', id);
  // Older files are found only with the key of their link.
  const key = url.searchParams.get('resourcekey');
  if (key) direct.searchParams.set('resourcekey', key);
  return direct;
}
