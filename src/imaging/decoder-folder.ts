import { randomUUID } from 'node:crypto';
import { chmodSync, fchmodSync, fstatSync, mkdirSync, realpathSync } from 'node:fs';
import { chmod, type FileHandle, open, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ImageFailure } from '../domain/failure.ts';

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
  openInput(file: string): Promise<string>;
  newOutput(): Promise<DecoderOutput>;
}

/** Others may enter, not look around: who does not know a file's name, which nobody guesses, does not find it. */
const ENTER = 0o711;
const OTHERS_READ = 0o604;
const OTHERS_WRITE = 0o602;

/** Copied at once; most results are smaller. */
const PIECE_BYTES = 1_000_000;

/**
 * What the decoders get to see of the file system. There is no folder in it, and none above it, that they can write: one
 * that was taken over cannot put a link, a pipe or anything else in the place of a file. They write into files that we
 * have made, and hold open, and each of them learns only the names of its own.
 * @param workDir which only we may enter: decoders, which start inside of it, cannot leave towards it
 * @param asOthers whether decoders are another user
 */
export function createDecoderFolder(workDir: string, asOthers: boolean): DecoderFolder {
  const path = join(realpathSync(workDir), 'decoders');
  for (const folder of [path, join(path, INPUTS), join(path, OUTPUTS)]) {
    mkdirSync(folder, { mode: 0o700 });
    // The mask of the process would take away from a mode that is given to `mkdir` or `open`.
    if (asOthers) chmodSync(folder, ENTER);
  }
  return {
    path,
    inputFile: () => join(path, INPUTS, randomUUID()),
    async openInput(file) {
      if (asOthers) await chmod(file, OTHERS_READ);
      return join(INPUTS, basename(file));
    },
    async newOutput() {
      const name = join(OUTPUTS, randomUUID());
      const handle = await open(join(path, name), 'wx+', 0o600);
      if (asOthers) fchmodSync(handle.fd, OTHERS_WRITE);
      return {
        name,
        copyTo: (file, bytes) => copy(handle, file, bytes),
        async remove() {
          await handle.close();
          await unlink(join(path, name)).catch(gone);
        },
      };
    },
  };
}

/**
 * By the descriptor, so that it is the file that we made; and not by moving it: whoever wrote it may still have it open.
 * The size is looked at first, as it may be any, without taking room on the disk.
 */
async function copy(from: FileHandle, file: string, bytes: number): Promise<void> {
  const { size } = fstatSync(from.fd);
  if (size !== bytes) throw notAsSaid(size, bytes);
  const to = await open(file, 'wx');
  try {
    const piece = Buffer.allocUnsafe(Math.min(bytes, PIECE_BYTES));
    for (let done = 0; done < bytes; ) {
      const { bytesRead } = await from.read(piece, 0, Math.min(piece.length, bytes - done), done);
      if (bytesRead === 0) throw notAsSaid(done, bytes);
      await to.appendFile(piece.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await to.close();
  }
}

/** The decoder does not say what it did: it is broken, or somebody else's. */
function notAsSaid(bytes: number, said: number): ImageFailure {
  return new ImageFailure('decoder_crashed', { cause: new Error(`the result has ${bytes} bytes instead of ${said}`) });
}

function gone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
