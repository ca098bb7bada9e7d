import { readdirSync, readFileSync } from 'node:fs';

/** The numbers of the decoder processes of a server, or of a pool in this process (Linux). */
export function decoderProcesses(parent: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /decoder-process/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) &&
        readFileSync(`/proc/${pid}/status`, 'utf8').includes(`\nPPid:\t${parent}\n`)
      );
    } catch {
      return false;
    }
  });
}
