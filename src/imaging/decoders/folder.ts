import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ImageFailure } from '../../domain/failure.ts';

/** The two folders of the decoders, relative to the folder in which they start. */
export const INPUTS = 'in';
export const OUTPUTS = 'out';

/** A file that one decoder may fill, once. */
interface DecoderOutput {
  /** Its path as decoders use it. */
  name: string;
  /**
   * Copies what a decoder wrote into a new file whose name no decoder knows.
   * @throws ImageFailure `decoder_crashed` where it does not have so many bytes; errors of the file system
   */
  copyTo(file: string, bytes: number): Promise<void>;
  remove(): Promise<void>;
}

export interface DecoderFolder {
  /** Where decoders start. Links are resolved, since the permission model of Node compares real paths. */
  path: string;
  /** Makes it again where somebody has removed it. @returns whether it had to: what is inside of the old one is lost */
  ensure(): boolean;
  /** A path for a new file that a decoder is to read. */
  inputFile(): string;
  /** Lets decoders read an input. @returns its path as decoders use it */
  openInput(file: string): string;
  newOutput(): Promise<DecoderOutput>;
}

/** Others may enter but not list: a file is found only by its name, which cannot be guessed. */
const ENTER = 0o711;
const OTHERS_READ = 0o604;
const OTHERS_WRITE = 0o602;

/** Copied in one go, without yielding; most results are smaller. */
const PIECE_BYTES = 256_000;

/**
 * The part of the file system that decoders see. They can write to none of its folders, so that one that was taken over
 * cannot put a link or a pipe in the place of a file. They write into files that the main process has made and holds open,
 * and each of them learns only the names of its own.
 * @param workDir a folder that only the main process may enter; decoders start inside and cannot get out
 * @param asOthers whether decoders run as another user
 */
export function createDecoderFolder(workDir: string, asOthers: boolean): DecoderFolder {
  const path = join(fs.realpathSync(workDir), 'decoders');
  const folders = [path, join(path, INPUTS), join(path, OUTPUTS)];
  function ensure(): boolean {
    const missing = folders.filter((folder) => !fs.existsSync(folder));
    for (const folder of missing) {
      fs.mkdirSync(folder, { mode: 0o700 });
      // By `chmod`, as the umask would take bits away from a mode that is given to `mkdir` or `open`.
      if (asOthers) fs.chmodSync(folder, ENTER);
    }
    return missing.length > 0;
  }
  ensure();
  // One buffer for all copies: it is filled and emptied without yielding in between.
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  return {
    path,
    ensure,
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
 * Copies from the descriptor, so that it is the file that the main process made; and copies instead of moving, as a decoder
 * that was taken over may still have it open. The size is compared first, since a sparse file can claim any. The calls are
 * synchronous because both files are in the page cache.
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

/** The decoder wrote something else than it said: it is broken, or was taken over. */
function notAsSaid(bytes: number, said: number): ImageFailure {
  return new ImageFailure('decoder_crashed', { cause: new Error(`the result has ${bytes} bytes instead of ${said}`) });
}

function gone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
