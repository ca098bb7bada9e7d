import { join } from 'node:path';
import type { Command } from 'commander';
import { databaseUrl } from '../../runtime/config/readers.ts';
import { loadConfig } from '../load-config.ts';
import { CommandFailure, print } from '../terminal.ts';

/** `pixmill migrate`. */
export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('brings the database up to date (start does so by itself), or moves a data folder to PostgreSQL')
    .option('--from <folder>', 'the data folder of a stopped server')
    .option('--to <address>', 'an empty PostgreSQL that takes its rows and jobs')
    .addHelpText(
      'after',
      '\nExample:\n  pixmill migrate --from data --to postgres://pixmill:secret@db.internal/pixmill',
    )
    .action(async ({ from, to }: { from?: string; to?: string }) => {
      const config = loadConfig();
      if (from === undefined && to === undefined) {
        const { migrateDatabase } = await import('../../operations/migrate.ts');
        await migrateDatabase(config);
        print('The database is up to date.');
        return;
      }
      if (from === undefined || to === undefined) throw new CommandFailure('--from and --to go together.');
      const { moveToPostgres } = await import('../../operations/move-to-postgres.ts');
      const { openLog } = await import('../../observability/log.ts');
      const counts = await moveToPostgres(config, from, addressIn(to), openLog('silent'));
      for (const [table, rows] of Object.entries(counts)) print(`${table.replaceAll('_', ' ')}: ${rows}`);
      print(
        `The database is copied. The images are still in ${join(from, 'images')}: copy them to the bucket, ` +
          'or let every process reach that folder.',
      );
    });
}

function addressIn(to: string): string {
  try {
    return databaseUrl(to);
  } catch (error) {
    throw new CommandFailure(`--to ${(error as Error).message}.`);
  }
}
