import type { Command } from 'commander';
import { environment, readConfig } from '../../runtime/config/config.ts';
import { SECRETS } from '../../runtime/config/secret-names.ts';
import { VARIABLES } from '../../runtime/config/variables.ts';
import { VERSION } from '../../runtime/version.ts';
import { complain, print, tableText } from '../terminal.ts';

/** `pixmill check-config`. */
export function checkConfigCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('check-config')
    .description('shows every setting, and every problem with them at once')
    .addHelpText('after', '\nExit code: 0 fine, 1 with problems.')
    .action(() => {
      const env = environment();
      const { problems, warnings } = readConfig(env, VERSION);
      const rows = Object.entries(VARIABLES).map(([name, { preset }]) => {
        const value = env[name]?.trim();
        const shown = value ? (SECRETS.test(name) ? '(set)' : value) : preset === '' ? '–' : preset;
        return [value ? '*' : ' ', name, shown];
      });
      print(tableText(rows));
      print('\n* set by you');
      for (const warning of warnings) complain(`Warning: ${warning}`);
      for (const problem of problems) complain(`Problem: ${problem}`);
      finish(problems.length > 0 ? 1 : 0);
    });
}
