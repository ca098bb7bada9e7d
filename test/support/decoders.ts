import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { ImageResult } from '../../src/domain/image.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/domain/limits.ts';
import { DEFAULT_OPTIONS, type Options } from '../../src/domain/options.ts';
import { createDecoderPool } from '../../src/imaging/decoders/pool.ts';
import type { DecoderLoss } from '../../src/pipeline/ports/pipeline-observer.ts';
import { atTheEnd } from './at-the-end.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Real decoder processes on a folder of their own, stopped when the test file ends. */
export function decoders(processes = 2, limits: Partial<Limits> = {}) {
  const workDir = temporaryFolder();
  const lost: DecoderLoss[] = [];
  const pool = createDecoderPool({
    processes,
    limits: { ...DEFAULT_LIMITS, ...limits },
    workFolder: { path: workDir, ensure: () => undefined },
    mayStayRoot: false,
    log: pino({ level: 'silent' }),
    onLost: (reason) => lost.push(reason),
  });
  atTheEnd(() => pool.stop());
  let files = 0;
  return {
    workDir,
    /** Why processes went, in order. */
    lost,
    /** Returns when a process has started: that is part of the time of its first image. */
    ready: () => pool.ready(),
    stop: () => pool.stop(),
    async compress(bytes: Uint8Array, options: Partial<Options> = {}): Promise<ImageResult & { file: string }> {
      const input = pool.inputFile();
      const file = join(workDir, `out-${files++}`);
      writeFileSync(input, bytes);
      return { ...(await pool.compress(input, file, { ...DEFAULT_OPTIONS, ...options }, '')), file };
    },
  };
}
