/**
 * Damages small pictures of every format at random places and gives them to the real decoder processes. Counts how each
 * one ends, how many processes died, and the most memory that one of them took for a file that was refused.
 *
 *   node bench/decoder-fuzz.ts [files] [seed]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import sharp from 'sharp';
import { ImageFailure } from '../src/domain/failure.ts';
import { DEFAULT_LIMITS } from '../src/domain/limits.ts';
import { DEFAULT_OPTIONS } from '../src/domain/options.ts';
import { createDecoderPool, type DecoderPool } from '../src/imaging/decoders/pool.ts';
import { args, printer } from './save-result.ts';

const files = Number(args[0] ?? 100_000);
const say = printer();
const LANES = 3;
let random = Number(args[1] ?? 1);
/** A whole number below `below`; the same row of numbers for the same seed. */
const next = (below: number) => {
  random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (random >> 8) % below;
};

const picture = sharp({
  create: {
    width: 160,
    height: 120,
    channels: 3,
    background: 'teal',
    noise: { type: 'gaussian', mean: 128, sigma: 40 },
  },
});
const sources = [
  await picture.clone().jpeg().toBuffer(),
  await picture.clone().jpeg({ progressive: true }).toBuffer(),
  await picture.clone().withMetadata({ orientation: 8 }).jpeg().toBuffer(),
  await picture.clone().png().toBuffer(),
  await picture.clone().png({ palette: true }).toBuffer(),
  await picture.clone().webp().toBuffer(),
  await picture.clone().webp({ lossless: true }).toBuffer(),
  await picture.clone().gif().toBuffer(),
  await picture.clone().avif({ effort: 0 }).toBuffer(),
];

function damaged(): Buffer {
  const bytes = Buffer.from(sources[next(sources.length)] ?? '');
  // Headers are where parsers go wrong: half of the files are hit there.
  const reach = next(2) === 0 ? Math.min(300, bytes.length) : bytes.length;
  for (let flips = 1 + next(12); flips > 0; flips--) bytes[next(reach)] = next(256);
  return next(10) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
}

const folder = mkdtempSync(join(tmpdir(), 'pixmill-fuzz-'));
interface Lane {
  pool: DecoderPool;
  /** Starts to watch the process of the pool; the answer of the answer is the memory in MiB that it took since (Linux). */
  watch(): () => number;
}

async function lane(): Promise<Lane> {
  const before = new Set(children());
  const workDir = mkdtempSync(join(folder, 'work-'));
  const log = pino({ level: 'error' });
  const pool = createDecoderPool({
    processes: 1,
    limits: DEFAULT_LIMITS,
    workFolder: { path: workDir, ensure: () => undefined },
    mayStayRoot: false,
    log,
  });
  await pool.ready();
  const pid = children().find((child) => !before.has(child));
  const memory = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const fresh = memory('VmRSS');
  return {
    pool,
    watch() {
      try {
        // What an earlier file left behind is not this one's: the peak starts anew, and counts from here.
        writeFileSync(`/proc/${pid}/clear_refs`, '5');
        const start = memory('VmRSS');
        return () => fresh + memory('VmHWM') - start;
      } catch {
        // It died; its successor is not watched.
        return () => 0;
      }
    },
  };
}

function children(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${process.pid}\n`);
    } catch {
      return false;
    }
  });
}

const ends = new Map<string, number>();
const largest = { done: 0, refused: 0 };
let made = 0;
const started = Date.now();

async function feed({ pool, watch }: Lane): Promise<void> {
  while (made < files) {
    const number = made++;
    const input = pool.inputFile();
    const output = join(folder, `out-${number}`);
    writeFileSync(input, damaged());
    const memory = watch();
    let end = 'done';
    try {
      await pool.compress(input, output, DEFAULT_OPTIONS, '');
    } catch (error) {
      end = error instanceof ImageFailure ? error.code : `NOT A FAILURE: ${error}`;
    }
    ends.set(end, (ends.get(end) ?? 0) + 1);
    rmSync(input);
    rmSync(output, { force: true });
    const kind = end === 'done' ? 'done' : 'refused';
    largest[kind] = Math.max(largest[kind], memory());
  }
}

const lanes: Lane[] = [];
while (lanes.length < LANES) lanes.push(await lane());
await Promise.all(lanes.map(feed));
await Promise.all(lanes.map(({ pool }) => pool.stop()));
rmSync(folder, { recursive: true });
const counts = [...ends].sort((a, b) => b[1] - a[1]).map(([end, count]) => `${count} ${end}`);
say(`${files} damaged files in ${Math.round((Date.now() - started) / 1000)} s: ${counts.join(', ')}`);
say(`deaths of the main process: 0; deaths of decoders: ${ends.get('decoder_crashed') ?? 0}`);
say(
  `most memory of a decoder: ${Math.round(largest.refused)} MiB for a refused file, ${Math.round(largest.done)} MiB for one that was done`,
);
