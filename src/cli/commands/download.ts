import type { Command } from 'commander';
import { FORMATS, type Format, LAYOUTS, type Layout } from '../../domain/result-forms.ts';
import { asFailure, connect, KEY_OPTION, SERVER_OPTION, type ServerOptions } from '../connect.ts';
import { CommandFailure, print } from '../terminal.ts';
import { writeWhole } from '../write-whole.ts';

const AFTER = `
Layouts: result (the table with the new links in one more column), import (the new links in the place of the old ones, for a
shop), report (with status, notes, bytes and size of each image).

Examples:
  pixmill download 01980000-0000-7000-8000-000000000000 --out result.csv
  pixmill download 01980000-0000-7000-8000-000000000000 --layout report --as xlsx --out report.xlsx`;

interface DownloadOptions extends ServerOptions {
  layout: Layout;
  as: Format;
  out: string;
  partial?: boolean;
}

/** `pixmill download ID`. */
export function downloadCommand(program: Command): void {
  program
    .command('download')
    .description('fetches the result of a request from a server')
    .argument('<id>', 'the request')
    .requiredOption('--out <file>', 'where it goes')
    .option('--layout <layout>', LAYOUTS.join(', '), oneOf(LAYOUTS, '--layout'), 'result')
    .option('--as <format>', FORMATS.join(' or '), oneOf(FORMATS, '--as'), 'csv')
    .option('--partial', 'also of a request that is still running')
    .option(...SERVER_OPTION)
    .option(...KEY_OPTION)
    .addHelpText('after', AFTER)
    .action(async (id: string, { out, layout, as, partial = false, ...server }: DownloadOptions) => {
      const { body } = await connect(server)
        .downloadCsv(id, { layout, as, partial })
        .catch((error) => {
          throw asFailure(error);
        });
      if (body) await writeWhole(out, body);
      print(`Result  ${out}`);
    });
}

function oneOf<Choice extends string>(choices: readonly Choice[], name: string) {
  return (value: string): Choice => {
    const choice = choices.find((one) => one === value);
    if (choice === undefined) throw new CommandFailure(`${name} must be ${choices.join(', ')}.`);
    return choice;
  };
}
