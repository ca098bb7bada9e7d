import { table } from './markdown-table.ts';

/** A folder, or a file beside the folders, and who may import it: whatever has a higher rank. */
export interface Ranked {
  rank: number;
  name: string;
  /** In Markdown. */
  purpose: string;
}

/** `src/`. The architecture test holds every import to these ranks, docs/architecture.md shows them. */
export const SRC_RANKS: Ranked[] = [
  {
    rank: 0,
    name: 'domain',
    purpose: 'pure words and rules: product, image, request, options, every failure and problem',
  },
  { rank: 0, name: 'jpeg', purpose: 'makes a JPEG smaller without decoding it to pixels; knows nothing of Pixmill' },
  {
    rank: 0,
    name: 'client',
    purpose:
      'the client for programs and for the page; knows nothing of the server; [`client/`](../client/) publishes it',
  },
  { rank: 1, name: 'tables', purpose: 'uploaded bytes to products, products to tables' },
  { rank: 2, name: 'pipeline', purpose: 'the story of an upload, and the ports that it needs: store, queue, storage' },
  { rank: 3, name: 'observability', purpose: 'log, metrics, gauges, spans' },
  { rank: 4, name: 'outbound', purpose: 'the only folder that opens connections to addresses that users gave' },
  { rank: 4, name: 'imaging', purpose: 'the decoder processes and what they do' },
  { rank: 4, name: 'storage', purpose: 'images as files, or as objects of a bucket' },
  { rank: 4, name: 'results', purpose: 'what comes out of the store: result table, errors CSV, pages of products' },
  { rank: 4, name: 'database', purpose: 'the store on SQL' },
  { rank: 5, name: 'queue', purpose: 'jobs' },
  { rank: 6, name: 'worker', purpose: 'takes jobs, feeds decoders, records outcomes, removes what is too old' },
  { rank: 6, name: 'http', purpose: 'the API: a plugin a concern, a routes file a resource' },
  { rank: 7, name: 'runtime', purpose: 'reads the configuration, and puts everything together' },
  {
    rank: 8,
    name: 'operations',
    purpose: 'what an operator does to the data beside a server: backup, check, migrate, move',
  },
  { rank: 9, name: 'cli', purpose: 'the commands' },
  { rank: 9, name: 'index.ts', purpose: 'Pixmill inside of another program' },
  { rank: 10, name: 'main.ts', purpose: 'the program' },
];

/** `web/src/`. Of `src/` the page may import `client/` and `domain/`. */
export const WEB_RANKS: Ranked[] = [
  { rank: 0, name: 'format.ts', purpose: 'numbers, sizes and times as people read them' },
  { rank: 0, name: 'router.tsx', purpose: 'the address of the page' },
  { rank: 0, name: 'theme.ts', purpose: 'colours and type' },
  { rank: 1, name: 'api', purpose: 'the client (`src/client/`) for the server that the page came from' },
  { rank: 2, name: 'ui', purpose: 'parts that several screens share' },
  { rank: 3, name: 'new', purpose: 'screen: choose a table, see how it is understood, start' },
  { rank: 3, name: 'requests', purpose: 'screen: the list of requests' },
  { rank: 3, name: 'request', purpose: 'screen: one request with all its images' },
  { rank: 3, name: 'guide', purpose: 'screen: how the API is used' },
  { rank: 4, name: 'app.tsx', purpose: 'which screen is at which address' },
  { rank: 5, name: 'main.tsx', purpose: 'puts the page into the document' },
];

/** Writes the tables of ranks anew between their marks. */
export function withRanks(page: string): string {
  return (
    [
      ['src', SRC_RANKS],
      ['web/src', WEB_RANKS],
    ] as const
  ).reduce((text, [folder, ranks]) => {
    const [start, end] = [
      `<!-- ranks of ${folder}, written by \`npm run docs\` -->`,
      `<!-- end of ranks of ${folder} -->`,
    ];
    const [before, rest] = text.split(start);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`docs/architecture.md lacks "${start}"`);
    const rows = ranks.map(({ rank, name, purpose }) => [String(rank), `\`${shown(name)}\``, purpose]);
    return `${before}${start}\n${table(['rank', 'folder', 'what it is'], rows)}\n${end}${after}`;
  }, page);
}

const shown = (name: string) => (name.includes('.') ? name : `${name}/`);
