import manifest from '../../package.json' with { type: 'json' };
import { type Config, environment, readConfig } from '../config.ts';
import { CommandFailure, complain } from './terminal.ts';

export const VERSION: string = manifest.version;

/**
 * The configuration of the environment.
 * @throws CommandFailure with every problem at once
 */
export function loadConfig(): Config {
  const { config, problems, warnings } = readConfig(environment(), VERSION);
  for (const warning of warnings) complain(`Warning: ${warning}`);
  if (!config) throw new CommandFailure(problems.join('\n'));
  return config;
}
