import type { Command } from 'commander';
import { REQUEST_OPTIONS } from '../../domain/options.ts';
import { addOptions } from '../field-options.ts';
import type { RunOptions } from '../run-to-folder.ts';

const AFTER = `
The folder gets results.csv (the CSV with the column "Output Image Urls"), images/, and errors.csv where something failed.
Stopped or killed, the same command goes on where it was.

Exit code: 0 all images done, 2 some failed, 1 not run.

Examples:
  pixmill run products.csv --out result
  pixmill run products.csv --out result --quality 70 --format webp
  pixmill run products.csv --out result --on-error skip --json`;

/** `pixmill run FILE.csv --out DIR`. */
export function runCommand(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command('run')
    .description('compresses the images of a CSV into a folder, without a server')
    .argument('<file>', 'the table: CSV, .xlsx, .ods, JSON, JSON Lines or a product feed in XML, also as .gz or .zip')
    .requiredOption('--out <folder>', 'where everything goes');
  addOptions(command, REQUEST_OPTIONS)
    .option('--json', 'prints the result as JSON')
    .addHelpText('after', AFTER)
    .action(async (file: string, options: RunOptions) => {
      const { runToFolder } = await import('../run-to-folder.ts');
      finish(await runToFolder(file, options));
    });
}
