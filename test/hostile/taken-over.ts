/**
 * What somebody does who has taken a decoder over by a flaw in its native code. Preloaded (`--import`) into a server, it
 * frees the decoders of Node's permission model, which native code does not obey, and gets itself loaded into them. In a
 * decoder it acts in the place where a result is written: with the rights that the process has there, and with all that it
 * knows. The quality that an upload asks for chooses the attack, and what came of it goes into a report.
 */
import children, { execFileSync, type SpawnOptions } from 'node:child_process';
import fs, { constants } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { CHANNEL } from '../../src/imaging/decoders/channel.ts';

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

/** Says a line to the parent instead of an answer, and then waits. */
const telling =
  (line: string): Attack =>
  () => {
    fs.writeSync(CHANNEL, `${line}\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
  };

export const ATTACKS = {
  none: (_output, _bytes, write) => write(),
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
    const { stringify } = JSON;
    JSON.stringify = (message: { answer?: { results?: object[] } }) => {
      Object.assign(message.answer?.results?.[0] ?? {}, { key: settings.get('key') });
      return stringify(message);
    };
  },
  /** Its parent is told what it cannot have asked for. */
  nothing: telling('null'),
  noJson: telling('{'),
  /** Node would take it for a message of its own in a forked process, and end the parent by an error. */
  handle: telling('{"cmd":"NODE_HANDLE_ACK"}'),
  twice: telling('{"answer":{"failure":{"code":"not_an_image","cause":""}}}\n{"answer":1}'),
  /** A line that never ends, as fast as the parent reads it. */
  endless: () => {
    for (const until = Date.now() + 20_000; Date.now() < until; ) {
      try {
        fs.writeSync(CHANNEL, 'a'.repeat(1_000_000));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
    }
  },
} satisfies Record<string, Attack>;

if (process.argv[1]?.includes('decoder-process')) {
  let attack: Attack | undefined;
  const { parse } = JSON;
  JSON.parse = (text: string) => {
    const task = parse(text);
    attack = Object.values(ATTACKS)[(task?.wanted?.[0]?.options?.quality ?? 0) - 1];
    return task;
  };
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
  const { spawn } = children;
  const isFree = (flag: string) => !/^--(permission|allow-)/.test(flag);
  children.spawn = ((file: string, words: string[], options: SpawnOptions) =>
    spawn(file, [`--import=${import.meta.url}`, ...words.filter(isFree)], options)) as typeof spawn;
  syncBuiltinESMExports();
}
