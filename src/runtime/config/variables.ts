import { resolve } from 'node:path';
import { apiKeys, operatorKeys } from './read-keys.ts';
import {
  addresses,
  databaseUrl,
  limit,
  linkLife,
  oneOf,
  onOff,
  optional,
  origins,
  seconds,
  secret,
  sourcesFile,
  storageUrl,
  text,
  trustedProxies,
  variable,
  webAddress,
  whole,
} from './readers.ts';

const ROLES = ['all', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every variable that Pixmill reads. docs/configuration.md lists the same; a test compares them. */
export const VARIABLES = {
  PIXMILL_HOST: variable('127.0.0.1', 'Address to listen on.', text),
  PIXMILL_PORT: variable('8080', 'Port to listen on; 0 takes a free one.', whole(0, 65_535)),
  PIXMILL_PUBLIC_URL: variable(
    '',
    'Base of the addresses handed out. Default: where Pixmill listens.',
    optional(webAddress),
  ),
  PIXMILL_DATA_DIR: variable('./data', 'Folder of the database, the images and temporary files.', (value) =>
    resolve(value),
  ),
  PIXMILL_DATABASE_URL: variable(
    '',
    '`postgres://user:password@host/database`, for many processes. Default: SQLite in the data folder, for one.',
    optional(databaseUrl),
  ),
  PIXMILL_UNSAFE_DATABASE: variable(
    'off',
    '`on`: work also with a PostgreSQL that may lose what it has acknowledged.',
    onOff,
  ),
  PIXMILL_STORAGE_URL: variable(
    '',
    'Bucket for the images: `s3://bucket/prefix?endpoint=…&region=…`. Default: files in the data folder.',
    optional(storageUrl),
  ),
  PIXMILL_STORAGE_PUBLIC_URL: variable(
    '',
    'Where the world finds the storage (a CDN), for output links. Default: Pixmill hands the images out.',
    optional(webAddress),
  ),
  PIXMILL_SIGNED_URLS: variable(
    '',
    'How long an output link is good, `12h` or `7d` (at most 7 days); reading the results again gives fresh ones. Default: for ever.',
    optional(linkLife),
  ),
  PIXMILL_STORAGE_REDIRECT: variable(
    'off',
    '`on`: signed links lead on to the bucket, which the world must reach, by a presigned address. Default: Pixmill hands the images out.',
    onOff,
  ),
  PIXMILL_ROLE: variable('all', 'What `pixmill start` runs: `all`, `api` or `worker`.', oneOf(ROLES)),
  PIXMILL_API_KEYS: variable(
    '',
    'Comma list of `KEY` or `customer:KEY`; every call but images and health needs one, and sees only what its customer uploaded. `:KEY` is a plain key that holds a colon.',
    apiKeys,
  ),
  PIXMILL_OPERATOR_KEYS: variable(
    '',
    'Comma list of keys for `/metrics` and the usage of all customers; they open no request. Default: plain keys read `/metrics`.',
    operatorKeys,
  ),
  PIXMILL_API_KEY: variable('', 'Key that `pixmill upload` shows to the server.', text),
  PIXMILL_RATE_LIMIT: variable('0', 'Calls a minute of one key or address; 0: any number.', whole(0, 1_000_000)),
  PIXMILL_SESSION_HOURS: variable('12', 'Hours after which the page asks for the key again.', whole(1, 8_760)),
  PIXMILL_TRUST_PROXY: variable(
    'off',
    'Whose word counts for the address of a client: `on` for the one proxy in front, the number of proxies in front, or a comma list of their addresses and CIDRs.',
    trustedProxies,
  ),
  PIXMILL_CORS_ORIGINS: variable('', 'Comma list of origins whose pages may call the API.', origins),
  PIXMILL_AUTH: variable('on', '`off`: listen beyond this machine although no keys protect the server.', onOff),
  PIXMILL_ALLOW_ADDRESSES: variable(
    '',
    'Comma list of `host:port`, IP, `IP:port` or CIDR that the address check lets through.',
    addresses,
  ),
  PIXMILL_SOURCES: variable(
    '',
    'JSON file about single image hosts: headers (a login, a Referer), limits, which hosts are allowed; see [below](#image-hosts).',
    sourcesFile,
  ),
  PIXMILL_WEBHOOK_SECRET: variable(
    '',
    'Signs webhooks, `whsec_…`. Default: made once; `pixmill secret` prints it.',
    optional(secret),
  ),
  PIXMILL_WEBHOOK_SHARED: variable(
    'on',
    '`off`: webhooks of a customer with a name are signed with its own secret alone (`pixmill secret --customer`), no longer with the one of all as well.',
    onOff,
  ),
  PIXMILL_WEBHOOK_URL: variable('', 'Called where an upload names no webhook.', optional(webAddress)),
  PIXMILL_RETENTION_DAYS: variable(
    '0',
    'Finished requests older than this are deleted; 0 keeps them.',
    whole(0, 36_500),
  ),
  PIXMILL_REMOVE_ORPHANS: variable(
    'on',
    '`off`: stored files that belong to no image stay, as for a storage that another database uses, too.',
    onOff,
  ),
  PIXMILL_CONCURRENCY: variable('0', 'Images decoded at once; 0: one more than there are cores.', whole(0, 1_024)),
  PIXMILL_DECODE_AS_ROOT: variable(
    'off',
    '`on`: started as root where decoders cannot become the user nobody, go on all the same, with hostile pictures decoded as root.',
    onOff,
  ),
  PIXMILL_DOWNLOADS: variable('32', 'Downloads at once.', whole(1, 10_000)),
  PIXMILL_DOWNLOADS_PER_HOST: variable(
    '8',
    'Downloads at once from one host, and from one address of several hosts.',
    whole(1, 10_000),
  ),
  PIXMILL_LOOKUPS: variable('75', 'Host names looked up at once, by two questions each.', whole(1, 10_000)),
  PIXMILL_STOP_SECONDS: variable('20', 'How long a stop waits for running work.', seconds),
  PIXMILL_LOG_LEVEL: variable(
    'info',
    'Least level that is logged: `silent`, `error`, `warn`, `info` or `debug`.',
    oneOf(LOG_LEVELS),
  ),
  PIXMILL_USER_AGENT: variable('', 'How Pixmill names itself to image hosts.', text),
  PIXMILL_MAX_CSV_BYTES: limit(
    'csvBytes',
    'Largest CSV, in bytes; also what may come out of a packed file or a workbook.',
  ),
  PIXMILL_MAX_COLUMNS: limit('columns', 'Most columns of a table.'),
  PIXMILL_MAX_TABLE_SECONDS: limit('tableMs', 'Longest unpacking, and longest reading, of one table.', seconds),
  PIXMILL_MAX_TABLE_MEMORY: limit(
    'tableBytes',
    'Most memory of the thread that reads a table, in bytes.',
    whole(100_000_000),
  ),
  PIXMILL_MAX_STORED_PER_BYTE: limit(
    'storedPerByte',
    'Bytes that may be stored of a table for each byte of it (unpacked), beside 1 MB that every upload has.',
  ),
  PIXMILL_MAX_IMAGES: limit('imagesPerRequest', 'Most images of one request.', whole(1, 1_000_000_000)),
  PIXMILL_MAX_URLS_PER_PRODUCT: limit('urlsPerProduct', 'Most image links of one product.'),
  PIXMILL_MAX_URL_LENGTH: limit('urlLength', 'Longest image link, in characters.'),
  PIXMILL_MAX_IMAGE_BYTES: limit('imageBytes', 'Largest download, in bytes.'),
  PIXMILL_MAX_LOOKUP_SECONDS: limit(
    'lookupMs',
    "Longest wait for the answer of an image host's name servers.",
    seconds,
  ),
  PIXMILL_MAX_FIRST_BYTE_SECONDS: limit('firstByteMs', 'Longest wait for the first byte of an image.', seconds),
  PIXMILL_MAX_DOWNLOAD_SECONDS: limit('downloadMs', 'Longest download of one image.', seconds),
  PIXMILL_MAX_REDIRECTS: limit('redirects', 'Most redirects followed.', whole(0, 20)),
  PIXMILL_MAX_PIXELS: limit('pixels', 'Most pixels of an image, all frames together.'),
  PIXMILL_MAX_FRAMES: limit('frames', 'Most frames of an animation.'),
  PIXMILL_MAX_DECODE_SECONDS: limit('decodeMs', 'Longest decoding and encoding of one image.', seconds),
  PIXMILL_MAX_DECODER_BYTES: limit('decoderBytes', 'Most memory of one decoder process, in bytes.', whole(100_000_000)),
  PIXMILL_MAX_BACKLOG: limit('backlog', 'Images that wait, above which uploads are answered with 503.'),
  PIXMILL_MAX_IMAGES_PER_DAY: limit(
    'imagesPerDay',
    'Images that one key may upload in a day (UTC), or all callers together where there are no keys; 0: any number.',
    whole(0),
  ),
  PIXMILL_MAX_OPEN_REQUESTS: limit(
    'openRequests',
    'Unfinished requests that one key may have, or all callers together where there are no keys; 0: any number.',
    whole(0),
  ),
  PIXMILL_MAX_ARCHIVES: limit('archivesAtOnce', 'Archives of images that one customer downloads at once.'),
  PIXMILL_MAX_EVENT_STREAMS: limit('eventStreamsAtOnce', 'Streams of live events that one customer reads at once.'),
  PIXMILL_MAX_RESULT_READERS: limit(
    'tablesAtOnce',
    'Tables and lists of results that one customer reads at once, each in an answer of its own.',
  ),
  PIXMILL_MIN_UPLOAD_RATE: limit(
    'uploadRate',
    'Least bytes a second of an upload, after 20 s; 0: as slow as it likes.',
    whole(0),
  ),
  PIXMILL_MAX_TRIES: limit('tries', 'Tries at one image, the first included.', whole(1, 100)),
} as const;
