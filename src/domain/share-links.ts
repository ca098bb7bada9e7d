/** Rewrites by host: the page that a share link shows, as the address of the file behind it. */
const DIRECT: Record<string, (url: URL) => URL> = {
  'dropbox.com': dropbox,
  'www.dropbox.com': dropbox,
  'drive.google.com': googleDrive,
  '1drv.ms': shortOneDrive,
  'onedrive.live.com': oneDrive,
};

/**
 * The file behind a share link of Dropbox, Google Drive, OneDrive or SharePoint, which themselves lead to a web page; any
 * other address as it is. Only for the download: the table keeps the link as written.
 * @example directUrl(new URL('https://www.dropbox.com/s/abc123/mug.jpg?dl=0')).search // '?dl=1'
 */
export function directUrl(url: URL): URL {
  if (url.hostname.endsWith('.sharepoint.com')) return sharePoint(url);
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
  // Older files are found only with the key of their link.
  return withQuery(new URL('/uc?export=download', url), { id, resourcekey: url.searchParams.get('resourcekey') });
}

/** `1drv.ms/i/c/ACCOUNT/TOKEN`; older ones redirect to `onedrive.live.com`. */
function shortOneDrive(url: URL): URL {
  const [, account, token] = /^\/[a-z]\/c\/([0-9a-f]+)\/([\w!-]+)$/i.exec(url.pathname) ?? [];
  if (!account || !token) return url;
  return download(`https://my.microsoftpersonalcontent.com/personal/${account}`, token);
}

/** The viewer of OneDrive: it names the file and the key of its link, or holds the short link as a whole. */
function oneDrive(url: URL): URL {
  const { searchParams: query } = url;
  const redeem = query.get('redeem');
  const short = redeem ? URL.parse(Buffer.from(redeem, 'base64url').toString()) : null;
  if (short?.hostname === '1drv.ms') return shortOneDrive(short);
  const resid = query.get('resid') ?? query.get('id');
  const authkey = query.get('authkey');
  if (url.pathname === '/download' || !resid || !authkey) return url;
  return withQuery(new URL('/download', url), { cid: query.get('cid'), resid, authkey });
}

/** Where the sites of SharePoint lie that its share links name by a letter. */
const SITES: Record<string, string> = { s: '/sites', t: '/teams' };

/** `/:i:/g/personal/USER/TOKEN`, `/:i:/s/SITE/TOKEN` and the like; `:f:` is a folder. */
function sharePoint(url: URL): URL {
  const [, kind, place = '', rest = ''] = /^\/:([a-z]):\/([grst])\/(.+)$/.exec(url.pathname) ?? [];
  if (kind === undefined || kind === 'f') return url;
  if (place === 'r') return withQuery(new URL(url), { download: '1' });
  const at = rest.lastIndexOf('/');
  const site = at === -1 ? '' : `/${rest.slice(0, at)}`;
  return download(`${url.origin}${SITES[place] ?? ''}${site}`, rest.slice(at + 1));
}

/** The address below a site by which SharePoint hands out a shared file without its viewer. */
function download(site: string, token: string): URL {
  return withQuery(new URL(`${site}/_layouts/15/download.aspx`), { share: token });
}

function withQuery(url: URL, fields: Record<string, string | null>): URL {
  for (const [name, value] of Object.entries(fields)) if (value) url.searchParams.set(name, value);
  return url;
}
