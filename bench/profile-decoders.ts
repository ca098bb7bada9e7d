/**
 * Preloaded (`--import`) into Pixmill and, by itself, into its decoders: those write a profile of their time, too. Their
 * flags come from Pixmill alone, so that nothing of an operator's environment reaches them; hence this way in.
 */
import children, { type ForkOptions } from 'node:child_process';

const folder = process.env.PROFILES;
const { fork } = children;

if (folder) {
  const more = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--import=${import.meta.filename}`];
  // Node writes no profile of a process under its permission model.
  const isFree = (flag: string) => !/^--(permission|allow-)/.test(flag);
  children.fork = ((file: string, words: string[], { execArgv = [], ...options }: ForkOptions) =>
    fork(file, words, { ...options, execArgv: [...execArgv.filter(isFree), ...more] })) as typeof fork;
} else {
  // A decoder, which has nothing of the environment. A profile is written by who ends, not by who is killed.
  process.on('SIGTERM', () => process.exit());
}
