import { openLog } from './observability/log.ts';
import { startApp } from './runtime/app.ts';
import { readConfig } from './runtime/config/config.ts';
import type { VARIABLES } from './runtime/config/variables.ts';
import { VERSION } from './runtime/version.ts';

/** The variables of docs/configuration.md; what is not named has its default. */
export type Settings = Partial<Record<keyof typeof VARIABLES, string>>;

export interface Pixmill {
  /** Where it listens. */
  url: string;
  /** Finishes what runs, or hands it back. */
  stop(): Promise<void>;
}

/**
 * Starts Pixmill inside of another program, as `pixmill start` does; its log goes to standard error.
 * @param settings instead of the environment and `.env`, which are not read
 * @throws Error that names every setting that is wrong, or what kept Pixmill from starting
 */
export async function startPixmill(settings: Settings = {}): Promise<Pixmill> {
  const { config, problems, warnings } = readConfig(settings, VERSION);
  if (!config) throw new Error(problems.join('\n'));
  const log = openLog(config.logLevel);
  for (const warning of warnings) log.warn(warning);
  const { url = '', stop } = await startApp(config, config.role, VERSION, log);
  return { url, stop };
}
