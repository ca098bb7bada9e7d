import { type Config, environment, readConfig } from '../runtime/config/config.ts';
import { VERSION } from '../runtime/version.ts';
import { CommandFailure, complain } from './terminal.ts';

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
