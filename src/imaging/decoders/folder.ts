import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ImageFailure } from '../../domain/failure.ts';

/** The two folders of the decoders, as they call them: they start in the folder around. */
export const INPUTS = 'in';
export const OUTPUTS = 'out';

/** A file that one decoder may fill, once. */
interface DecoderOutput {
  /** As decoders call it. */
  name: string;
  /**
   * Copies what a decoder wrote into a new file, which no decoder knows of.
   * @throws ImageFailure `decoder_crashed` where it does not have so many bytes; errors of the file system
   */
  copyTo(file: string, bytes: number): Promise<void>;
  remove(): Promise<void>;
}

export interface DecoderFolder {
  /** Where decoders start. Links are resolved: it is how the permission model of Node names what lies there. */
  path: string;
  /** A path for a new file that decoders are to read. */
  inputFile(): string;
  /** Lets decoders read an input. @returns its name, as they call it */
  openInput(file: string): string;
  newOutput(): Promise<DecoderOutput>;
}

/** Others may enter, not look around: who does not know a file's name, which nobody guesses, does not find it. */
const ENTER = 0o711;
const OTHERS_READ = 0o604;
const OTHERS_WRITE = 0o602;

/** Copied at once, without waiting; most results are smaller. */
const PIECE_BYTES = 256_000;

/**
 * What the decoders get to see of the file system. There is no folder in it, and none above it, that they can write: one
 * that was taken over cannot put a link, a pipe or anything else in the place of a file. They write into files that we
 * have made, and hold open, and each of them learns only the names of its own.
 * @param workDir which only we may enter: decoders, which start inside of it, cannot leave towards it
 * @param asOthers whether decoders are another user
 */
export function createDecoderFolder(workDir: string, asOthers: boolean): DecoderFolder {
  const path = join(fs.realpathSync(workDir), 'decoders');
  for (const folder of [path, join(path, INPUTS), join(path, OUTPUTS)]) {
    fs.mkdirSync(folder, { mode: 0o700 });
    // The mask of the process would take away from a mode that is given to `mkdir` or `open`.
    if (asOthers) fs.chmodSync(folder, ENTER);
  }
  // Filled and emptied in one go, so one is enough.
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  return {
    path,
    inputFile: () => join(path, INPUTS, randomUUID()),
    openInput(file) {
      if (asOthers) fs.chmodSync(file, OTHERS_READ);
      return join(INPUTS, basename(file));
    },
    async newOutput() {
      const name = join(OUTPUTS, randomUUID());
      const descriptor = await open(join(path, name), 'wx+', 0o600);
      if (asOthers) fs.fchmodSync(descriptor, OTHERS_WRITE);
      return {
        name,
        copyTo: (file, bytes) => copy(descriptor, file, bytes, piece),
        async remove() {
          fs.closeSync(descriptor);
          await unlink(join(path, name)).catch(gone);
        },
      };
    },
  };
}

const open = promisify(fs.open);
const close = promisify(fs.close);
const unlink = promisify(fs.unlink);

/**
 * By the descriptor, so that it is the file that we made; and not by moving it: whoever wrote it may still have it open.
 * The size is looked at first, as it may be any, without taking room on the disk. What goes on without waiting stays in
 * the memory of the system: the bytes were just written there, and go there.
 */
async function copy(from: number, file: string, bytes: number, piece: Buffer): Promise<void> {
  const { size } = fs.fstatSync(from);
  if (size !== bytes) throw notAsSaid(size, bytes);
  const to = await open(file, 'wx');
  try {
    for (let done = 0; done < bytes; ) {
      const read = fs.readSync(from, piece, 0, Math.min(piece.length, bytes - done), done);
      if (read === 0) throw notAsSaid(done, bytes);
      fs.writeFileSync(to, piece.subarray(0, read));
      done += read;
      if (done < bytes) await setImmediate();
    }
  } finally {
    await close(to);
  }
}

/** The decoder does not say what it did: it is broken, or somebody else's. */
function notAsSaid(bytes: number, said: number): ImageFailure {
  return new ImageFailure('decoder_crashed', { cause: new Error(`the result has ${bytes} bytes instead of ${said}`) });
}

function gone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
