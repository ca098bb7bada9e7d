import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import type { Logger } from 'pino';

/** `nobody` and `nogroup` on Linux. */
const NOBODY = 65_534;

export interface DecoderUser {
  /** For starting processes; empty where they stay what we are. */
  credentials: { uid?: number; gid?: number };
  /** Makes a file of the user ours. */
  takeBack(file: string): Promise<void>;
}

/**
 * Who decoder processes run as: started as root, they are nobody, so that hostile bytes which take one over own
 * nothing. Where nobody may not read the program or the work folder, they stay root, with a warning.
 */
export function chooseUser(readable: string[], workDir: string, log: Logger): DecoderUser {
  const stay: DecoderUser = { credentials: {}, takeBack: async () => undefined };
  if (process.getuid?.() !== 0) return stay;
  chownSync(workDir, NOBODY, NOBODY);
  chmodSync(workDir, 0o700);
  const script = 'const [write, ...read] = process.argv.slice(1); const fs = require("fs");'.concat(
    'for (const path of read) fs.accessSync(path, fs.constants.R_OK); fs.accessSync(write, fs.constants.W_OK)',
  );
  const credentials = { uid: NOBODY, gid: NOBODY };
  const probe = spawnSync(process.execPath, ['-e', script, workDir, ...readable], {
    ...credentials,
    env: {},
    cwd: '/',
  });
  if (probe.status !== 0) {
    log.warn('Images are decoded as root: the user nobody cannot read the program or reach the data folder.');
    return stay;
  }
  return {
    credentials,
    takeBack: (file) => chown(file, 0, 0),
  };
}
