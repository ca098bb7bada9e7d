import type { Command } from 'commander';
import { loadConfig } from '../load-config.ts';
import { bytesText, complain, print } from '../terminal.ts';

/** `pixmill check-data`. */
export function checkDataCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('check-data')
    .description('checks that the database is whole, its counters are right and every image has its file')
    .addHelpText('after', '\nMay run beside the server. Exit code: 0 all right, 2 something is wrong, 1 not run.')
    .action(async () => {
      const { checkData } = await import('../../operations/check-data.ts');
      const { images, problems, orphans } = await checkData(loadConfig());
      for (const problem of problems) complain(problem);
      if (orphans.files > 0) {
        const { files, bytes } = orphans;
        print(`Files that belong to no image: ${files} (${bytesText(bytes)}). A server removes them once a day.`);
      }
      print(`${images} images looked up, ${problems.length} problems.`);
      finish(problems.length > 0 ? 2 : 0);
    });
}
