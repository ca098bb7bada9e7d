import type { Command } from 'commander';
import { migrateDatabase } from '../../app.ts';
import { loadConfig } from '../load-config.ts';
import { print } from '../terminal.ts';

/** `pixmill migrate`. */
export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('brings the database up to date; start does so by itself')
    .action(async () => {
      await migrateDatabase(loadConfig());
      print('The database is up to date.');
    });
}
