/** Profiles of V8 (`.cpuprofile`), as a tree of frames and as a picture of it. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = pathToFileURL(join(import.meta.dirname, '..')).href;

export interface Profile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  /** The node that ran, once a tick. */
  samples: number[];
  /** Of the clock that `process.hrtime` shows, in microseconds, as all times here. */
  startTime: number;
  /** Before each sample. */
  timeDeltas: number[];
}

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

/** A function in one place of the stack; times in microseconds. */
interface Frame {
  name: string;
  self: number;
  total: number;
  below: Map<string, Frame>;
}

const newFrame = (name: string): Frame => ({ name, self: 0, total: 0, below: new Map() });

/** Profiles of processes that do the same, as one tree: from one time on, without the frames named. */
export function frameTree(profiles: Profile[], from: number, without: string[] = []): Frame {
  const root = newFrame('all');
  for (const { nodes, samples, startTime, timeDeltas } of profiles) {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const times = new Map<number, number>();
    let at = startTime;
    for (const [index, id] of samples.entries()) {
      at += timeDeltas[index] ?? 0;
      if (at >= from) times.set(id, (times.get(id) ?? 0) + (timeDeltas[index + 1] ?? 0));
    }
    const add = (id: number, above: Frame): number => {
      const node = byId.get(id);
      const name = node ? nameOf(node.callFrame) : '';
      if (!node || without.includes(name)) return 0;
      const frame = above.below.get(name) ?? newFrame(name);
      above.below.set(name, frame);
      const self = times.get(id) ?? 0;
      const total = (node.children ?? []).reduce((sum, child) => sum + add(child, frame), self);
      frame.self += self;
      frame.total += total;
      return total;
    };
    for (const child of nodes[0]?.children ?? []) root.total += add(child, root);
  }
  return root;
}

/** "compress src/imaging/decoders/pool.ts:101"; no folder of this machine. */
function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const place = url.replace(`${ROOT}/`, '').replace(/^file:.*\/node_modules\//, 'node_modules/');
  return `${functionName || '(anonymous)'}${place ? ` ${place}:${lineNumber + 1}` : ''}`;
}

/** Where the time goes by function, wherever it is called from; the most first. */
export function selfTimes(root: Frame): { name: string; share: number }[] {
  const sums = new Map<string, number>();
  const visit = (frame: Frame) => {
    sums.set(frame.name, (sums.get(frame.name) ?? 0) + frame.self);
    for (const child of frame.below.values()) visit(child);
  };
  visit(root);
  return [...sums].map(([name, self]) => ({ name, share: self / root.total })).sort((a, b) => b.share - a.share);
}

const WIDTH = 1200;
const ROW = 17;
/** Narrower frames cannot be seen and would make most of the file. */
const LEAST_SHARE = 0.003;
const COLOURS: [RegExp, string][] = [
  [/ src\//, '#f0a35e'],
  [/ node_modules\//, '#8fb8de'],
  [/ node:/, '#a9cf9a'],
  // The engine, native code.
  [/./, '#cfc8c0'],
];

/** A flame graph in one SVG without scripts: below what called, above what was called, as wide as it took; details on hover. */
export function flameGraph(title: string, root: Frame): string {
  const cells: { frame: Frame; x: number; depth: number }[] = [];
  const place = (frame: Frame, x: number, depth: number) => {
    if (frame.total / root.total < LEAST_SHARE) return;
    cells.push({ frame, x, depth });
    let at = x;
    for (const child of [...frame.below.values()].sort((a, b) => b.total - a.total)) {
      place(child, at, depth + 1);
      at += child.total;
    }
  };
  place(root, 0, 0);
  const height = (Math.max(...cells.map(({ depth }) => depth)) + 3) * ROW;
  const scale = WIDTH / root.total;
  const shapes = cells.map(({ frame: { name, total }, x, depth }) => {
    const width = total * scale;
    const colour = COLOURS.find(([pattern]) => pattern.test(name))?.[1];
    const letters = Math.floor(width / 6.2);
    const label = letters < 4 ? '' : escaped(name.length > letters ? `${name.slice(0, letters - 1)}…` : name);
    const at = `transform="translate(${(x * scale).toFixed(1)} ${height - (depth + 1) * ROW})"`;
    return (
      `<g ${at}><title>${escaped(name)}: ${((100 * total) / root.total).toFixed(1)} %</title>` +
      `<rect width="${Math.max(width - 0.5, 0.5).toFixed(1)}" height="${ROW - 1}" fill="${colour}"/>` +
      `${label && `<text x="3" y="12">${label}</text>`}</g>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="10" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/><text x="6" y="18" font-size="14">${escaped(title)}</text>`,
    ...shapes,
    '</svg>\n',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
