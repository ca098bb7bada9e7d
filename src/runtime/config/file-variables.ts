import { readFileSync } from 'node:fs';
import { VARIABLES } from './variables.ts';

/** What the S3 SDK reads from the environment by itself. */
const OF_S3 = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

const NAMES = new Set([...Object.keys(VARIABLES), ...OF_S3]);

/**
 * Reads variables whose value lies in a file, as orchestrators hand secrets out: `NAME_FILE` names the file of `NAME`.
 * @returns the environment without those names, and what is wrong with them
 */
export function withFiles(env: NodeJS.ProcessEnv): { env: NodeJS.ProcessEnv; problems: string[] } {
  const result = { ...env };
  const problems: string[] = [];
  for (const [file, path] of Object.entries(env)) {
    const name = file.replace(/_FILE$/, '');
    if (name === file || !NAMES.has(name) || file in VARIABLES) continue;
    delete result[file];
    if (!path?.trim()) continue;
    if (env[name]?.trim()) {
      problems.push(`${name} and ${file} are both set. Unset one.`);
      continue;
    }
    try {
      result[name] = readFileSync(path.trim(), 'utf8').trim();
    } catch (error) {
      problems.push(`${file} names a file that cannot be read (${(error as NodeJS.ErrnoException).code}: ${path}).`);
    }
  }
  return { env: result, problems };
}
