import type { Command } from 'commander';
import { loadConfig } from '../load-config.ts';
import { print } from '../terminal.ts';

/** `pixmill backup FILE`. */
export function backupCommand(program: Command): void {
  program
    .command('backup')
    .description('copies the database into a new file, also while the server runs; images lie beside it as files')
    .argument('<file>', 'where the copy goes; must not exist')
    .addHelpText('after', '\nExample:\n  pixmill backup /backups/pixmill-2026-03-14.sqlite')
    .action(async (file: string) => {
      const { backupDatabase } = await import('../../operations/backup.ts');
      await backupDatabase(loadConfig(), file);
      print(`The database is copied to ${file} and whole. The images are in the folder "images" of the data folder.`);
    });
}
