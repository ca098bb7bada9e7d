/**
 * Runs every picture of a folder through all formats and efforts and compares each result with what Chromium shows of the
 * upload. Prints what is wrong (colours or size), worse (less alike than the quality explains), larger, and refused.
 *
 *   node bench/likeness.ts FOLDER [how many]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import pino from 'pino';
import type { Browser } from 'playwright-core';
import { FORMATS, IMAGE_FORMATS, type ImageFormat } from '../src/domain/formats.ts';
import { DEFAULT_LIMITS } from '../src/domain/limits.ts';
import { DEFAULT_OPTIONS, type Options } from '../src/domain/options.ts';
import { createDecoderPool } from '../src/imaging/decoders/pool.ts';
import { launchBrowser } from '../test/web/browser.ts';
import { args, printer } from './save-result.ts';

const [folder = '.', most = '100000'] = args;
const say = printer();

const WISHES: Partial<Options>[] = [
  {},
  { scale: 50 },
  { effort: 'small' },
  { format: 'jpeg' },
  { format: 'png' },
  { format: 'webp' },
  { format: 'avif' },
];

/** A block of the picture that is off by more, in levels of 255, has other colours; quality 50 alone stays below. */
const WRONG = 24;
/** On average over all blocks. */
const WORSE = 8;
/** Blocks a side. */
const BLOCKS = 8;

/** Runs in the page: mean colours of 64 blocks over white, and the size. */
const LOOK = `async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const side = ${BLOCKS};
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const sums = new Float64Array(side * side * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = (Math.floor((y * side) / height) * side + Math.floor((x * side) / width)) * 4;
      const at = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) sums[block + channel] += data[at + channel];
      sums[block + 3]++;
    }
  }
  const blocks = [];
  for (let at = 0; at < sums.length; at += 4) if (sums[at + 3] > 0) blocks.push([0, 1, 2].map((c) => sums[at + c] / sums[at + 3]));
  return { width, height, blocks };
}`;

interface Look {
  width: number;
  height: number;
  blocks: number[][];
}

const work = mkdtempSync(join(tmpdir(), 'pixmill-likeness-'));
const browser = await launchBrowser();
if (!browser) throw new Error('Chromium is needed: name its program in CHROME_PATH.');
let page = await browser.newPage();
const log = pino({ level: 'error' });
const workFolder = { path: work, ensure: () => undefined };
const pool = createDecoderPool({ processes: 1, limits: DEFAULT_LIMITS, workFolder, mayStayRoot: false, log });
await pool.ready();

/** @returns undefined where the browser does not show it */
async function look(bytes: Buffer, contentType: string): Promise<Look | undefined> {
  const source = `data:${contentType};base64,${bytes.toString('base64')}`;
  try {
    return await page.evaluate<Look>(`(${LOOK})(${JSON.stringify(source)})`);
  } catch {
    // The page may have died of a picture: the next one gets a new page.
    await page.close().catch(() => undefined);
    page = await (browser as Browser).newPage();
    return undefined;
  }
}

function contentTypeOf(name: string): string {
  const extension = extname(name).slice(1).toLowerCase();
  const format = IMAGE_FORMATS.find((each) => [each as string, FORMATS[each].extension].includes(extension));
  return format ? FORMATS[format].contentType : 'application/octet-stream';
}

const counts = { right: 0, wrong: 0, worse: 0, larger: 0, refused: 0, 'not comparable': 0 };
const kinds = new Map<string, number>();
function count(what: keyof typeof counts, kind: string, line: string): void {
  counts[what]++;
  const key = `${what}: ${kind}`;
  kinds.set(key, (kinds.get(key) ?? 0) + 1);
  if (what !== 'right' && what !== 'not comparable') say(`${what}: ${line}`);
}

async function judge(path: string, wanted: Look | undefined, wish: Partial<Options>): Promise<void> {
  const name = `${relative(folder, path)} ${JSON.stringify(wish)}`;
  const input = pool.inputFile();
  const output = join(work, 'out');
  writeFileSync(input, readFileSync(path));
  rmSync(output, { force: true });
  try {
    const result = await pool.compress(input, output, { ...DEFAULT_OPTIONS, ...wish }, '');
    const kind = `${result.formatIn} to ${result.formatOut}`;
    const codes = result.notes?.map(({ code }) => code) ?? [];
    if (result.bytesOut > result.bytesIn && codes.length === 0) {
      count('larger', kind, `${name}: ${result.bytesOut} instead of ${result.bytesIn} bytes, without a note`);
    }
    const got = await look(readFileSync(output), FORMATS[result.formatOut as ImageFormat].contentType);
    if (!got) return count('wrong', kind, `${name}: the browser does not show the result`);
    if (!wanted) return count('not comparable', kind, name);
    const offs = wanted.blocks.map((block, at) =>
      Math.max(...block.map((v, c) => Math.abs(v - (got.blocks[at]?.[c] ?? 999)))),
    );
    const largest = Math.max(...offs);
    const mean = offs.reduce((sum, off) => sum + off, 0) / offs.length;
    const what = `${name}: a block is off by ${largest.toFixed(1)}, all by ${mean.toFixed(1)}; ${codes.join(' ')}`;
    const scaled = Math.round((wanted.width * (wish.scale ?? 100)) / 100) || 1;
    if (got.width !== scaled) return count('wrong', kind, `${name}: ${got.width} instead of ${scaled} pixels wide`);
    // Of blocks of a pixel or two the quality of the result decides.
    if (largest > WRONG && got.width >= 2 * BLOCKS && got.height >= 2 * BLOCKS) count('wrong', kind, what);
    else if (mean > WORSE) count('worse', kind, what);
    else count('right', kind, what);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    count('refused', String(code), `${name}: ${message}${wanted ? ' (the browser shows it)' : ''}`);
  } finally {
    rmSync(input, { force: true });
  }
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(jpe?g|png|webp|gif|avifs?|heic|heif|tiff?|bmp|svg|ico|jxl)$/i.test(name))
  .sort()
  .slice(0, Number(most));
for (const name of files) {
  const path = join(folder, name);
  const wanted = await look(readFileSync(path), contentTypeOf(name));
  for (const wish of WISHES) await judge(path, wanted, wish);
}
await pool.stop();
await browser.close();
rmSync(work, { recursive: true });
say(`\n${files.length} files, ${WISHES.length} sets of options: ${JSON.stringify(counts)}`);
for (const [kind, number] of [...kinds].sort()) if (!kind.startsWith('right')) say(`  ${number} ${kind}`);
