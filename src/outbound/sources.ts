import { isIP } from 'node:net';
import { type Static, Type } from 'typebox';
import { Errors } from 'typebox/value';
import { ImageFailure } from '../domain/failure.ts';

/** What the operator says about the hosts that images come from: the file behind PIXMILL_SOURCES. */
export interface Sources {
  /** @throws ImageFailure `address_refused` where the operator does not want downloads from this host */
  admit(url: URL): void;
  /** What holds for a host. */
  of(url: URL): Source;
  /** Most downloads at once that any entry asks for; 0 where none does. */
  mostDownloads: number;
  /** Hosts that get headers whoever names them in a table: with several customers one would use another's login. */
  forEverybody: string[];
}

export interface Source {
  /** Downloads at once; undefined: as from every host. */
  downloads: number | undefined;
  /** Downloads that may begin in a second; undefined: any number. */
  perSecond: number | undefined;
  /** Headers for the downloads of a customer, by lower-case name. */
  headersFor(customer: string): Record<string, string>;
}

/** RFC 9110 section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** Visible characters and spaces between them: no header can begin another one. */
const HEADER_VALUE = /^[\x21-\x7e\x80-\xff]([\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;
/** These belong to the connection or to the download itself. */
const OWN_HEADERS =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|keep-alive|expect|range|if-.*)$/i;

const Hosts = Type.Array(Type.String());

const Entry = Type.Object(
  {
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    customers: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' }))),
    downloads: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    per_second: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000 })),
  },
  { additionalProperties: false },
);

const SourcesFile = Type.Object(
  {
    hosts: Type.Optional(Type.Record(Type.String(), Entry)),
    allow: Type.Optional(Hosts),
    deny: Type.Optional(Hosts),
  },
  { additionalProperties: false },
);

/** Without a file: every host, as ever. */
export const NO_SOURCES: Sources = parseSources('{}');

/**
 * Reads the text of a sources file.
 * @throws Error whose message completes the sentence "PIXMILL_SOURCES …"; it holds nothing of the headers' values
 * @example parseSources('{"hosts": {"*.cdn.example": {"per_second": 5}}, "deny": ["ads.example"]}')
 */
export function parseSources(text: string): Sources {
  const file = checked(text);
  const entries = Object.entries(file.hosts ?? {}).map(([host, entry]) => ({ host, ...parsePattern(host), entry }));
  // The most exact entry holds: a name before a wildcard, a longer wildcard before a shorter one.
  entries.sort((a, b) => b.weight - a.weight);
  const [allow, deny] = [file.allow, file.deny].map((hosts) => hosts?.map(parsePattern));
  const withHeaders = entries.filter(({ entry }) => entry.headers && Object.keys(entry.headers).length > 0);

  return {
    admit(url) {
      const isAllowed =
        (allow === undefined || allow.some(({ fits }) => fits(url))) && !deny?.some(({ fits }) => fits(url));
      if (isAllowed) return;
      throw new ImageFailure('address_refused', {
        message: `The operator does not allow downloads from ${url.hostname}. Ask for it, or use another host.`,
      });
    },

    of(url) {
      const entry = entries.find(({ fits }) => fits(url))?.entry;
      const headers = Object.entries(entry?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
      return {
        downloads: entry?.downloads,
        perSecond: entry?.per_second,
        headersFor: (customer) =>
          entry?.customers === undefined || entry.customers.includes(customer) ? Object.fromEntries(headers) : {},
      };
    },

    mostDownloads: Math.max(0, ...entries.map(({ entry }) => entry.downloads ?? 0)),
    forEverybody: withHeaders.filter(({ entry }) => entry.customers === undefined).map(({ host }) => host),
  };
}

function checked(text: string): Static<typeof SourcesFile> {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    // The parser's own message quotes the file, which holds secrets.
    throw new Error('must name a file of JSON, and its text is not JSON');
  }
  const [error] = Errors(SourcesFile, file);
  if (error) throw new Error(`must hold what docs/configuration.md says; ${whatIsWrong(error)}`);
  const { hosts = {} } = file as Static<typeof SourcesFile>;
  for (const [host, { headers = {} }] of Object.entries(hosts)) checkHeaders(host, headers);
  return file as Static<typeof SourcesFile>;
}

/** Names the header and never its value. */
function checkHeaders(host: string, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (OWN_HEADERS.test(name)) throw new Error(`must not set the header ${name} for ${host}: Pixmill sets it itself`);
    if (!HEADER_NAME.test(name)) throw new Error(`must not hold the header name "${name}" (for ${host})`);
    if (!HEADER_VALUE.test(value)) throw new Error(`must not hold such characters in the header ${name} for ${host}`);
  }
}

function whatIsWrong({ instancePath, message }: { instancePath: string; message: string }): string {
  return `${instancePath || 'the file'} ${message === 'schema is false' ? 'is not known' : message}`;
}

interface Pattern {
  fits(url: URL): boolean;
  /** How exact it is. */
  weight: number;
}

/**
 * A host name, an address or `*.domain`, each with a port or for all ports. A wildcard stands for one label or more in
 * front of the domain: neither the domain itself nor a name that merely ends like it fits.
 */
function parsePattern(pattern: string): Pattern {
  const [, wildcard = '', host = '', port] = /^(\*\.)?(\[[^\]]+\]|[^:/[\]@*\s]+)(?::(\d{1,5}))?$/.exec(pattern) ?? [];
  // As the links are read: lower case, Punycode, one spelling for each address.
  const name = bare(URL.parse(`http://${host}/`)?.hostname ?? '');
  if (name === '' || (wildcard !== '' && isIP(name) !== 0)) {
    throw new Error(`must hold hosts such as shop.example, shop.example:8080 or *.shop.example, not "${pattern}"`);
  }
  return {
    weight: name.length + (wildcard === '' ? 1_000 : 0) + (port === undefined ? 0 : 10_000),
    fits(url) {
      const given = bare(url.hostname);
      const fits = wildcard === '' ? given === name : given.endsWith(`.${name}`);
      return (
        fits && (port === undefined || Number(port) === Number(url.port || (url.protocol === 'https:' ? 443 : 80)))
      );
    },
  };
}

/** `shop.example.` with a dot at its end is the same host. */
const bare = (hostname: string) => hostname.replace(/\.$/, '');
