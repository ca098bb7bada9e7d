/** What a bench prints; with `--save` also kept in bench/results/, with the machine that made the figures. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, isAbsolute, join, relative } from 'node:path';
import sharp from 'sharp';

const path = relative(join(import.meta.dirname, '..'), process.argv[1] ?? '');
const bench = basename(path, '.ts');
const git = (...words: string[]) =>
  execFileSync('git', ['-C', import.meta.dirname, ...words], { encoding: 'utf8' }).trim();

/** What the bench was asked for, by position. */
export const args = process.argv.slice(2).filter((arg) => arg !== '--save');

/** @returns prints a line; at the end of a run that went well the lines are kept, where that is asked for */
export function printer(out: NodeJS.WritableStream = process.stdout): (line: string) => void {
  const lines: string[] = [];
  if (process.argv.includes('--save')) process.once('exit', (code) => code === 0 && keep(lines));
  return (line) => {
    lines.push(line);
    out.write(`${line}\n`);
  };
}

function keep(lines: string[]): void {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  // Where somebody keeps his photos is nobody's business.
  const asked = args.map((arg) => (isAbsolute(arg) ? basename(arg) : arg));
  const text = [
    `# ${bench}`,
    `\`${['node', path, ...asked].join(' ')}\` on ${machine()}.`,
    `\`\`\`text\n${lines.join('\n')}\n\`\`\``,
  ];
  writeFileSync(join(folder, `${bench}.md`), `${text.join('\n\n')}\n`);
}

/** Everything that the figures depend on. */
function machine(): string {
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const versions = `Node ${process.versions.node}, sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
  const changed = git('status', '--porcelain', '--', ':/src') === '' ? '' : ' with changes';
  const when = new Date().toISOString().slice(0, 10);
  return `${cpus().length} × ${first?.model}, ${memory}, ${process.platform}; ${versions}; commit ${git('rev-parse', '--short', 'HEAD')}${changed}; ${when}`;
}
