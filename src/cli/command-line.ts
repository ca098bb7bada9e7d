import { Command, CommanderError } from 'commander';
import { PixmillError } from '../client/index.ts';
import { Problem } from '../domain/problem.ts';
import { VERSION } from '../runtime/version.ts';
import { backupCommand } from './commands/backup.ts';
import { checkCommand } from './commands/check.ts';
import { checkConfigCommand } from './commands/check-config.ts';
import { checkDataCommand } from './commands/check-data.ts';
import { completionCommand } from './commands/completion.ts';
import { deleteCommand } from './commands/delete.ts';
import { downloadCommand } from './commands/download.ts';
import { migrateCommand } from './commands/migrate.ts';
import { runCommand } from './commands/run.ts';
import { secretCommand } from './commands/secret.ts';
import { startCommands } from './commands/start.ts';
import { uploadCommand } from './commands/upload.ts';
import type { ShownIssue } from './issues-text.ts';
import { CommandFailure, complain, explain } from './terminal.ts';

const EXAMPLES = `
Examples:
  pixmill start                                  the server, on http://127.0.0.1:8080
  pixmill run products.csv --out result          no server: images and result CSV into a folder
  pixmill upload products.csv --wait             the same by a server, here the one of this machine
  pixmill check products.csv                     what an upload would say, before anything is downloaded

Settings come from the environment or a .env file; docs/configuration.md lists them.`;

/**
 * Runs one command.
 * @param argv as in process.argv
 * @returns the exit code: 0 done, 1 not run, others as the command says
 */
export async function runCommandLine(argv: string[]): Promise<number> {
  let exitCode = 0;
  const program = commandLine((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    // Commander has written its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (error instanceof CommandFailure) {
      complain(error.message);
      return error.exitCode;
    }
    complain(refusalText(error) ?? explain(error));
    return 1;
  }
}

/**
 * Every command. What a command does is loaded when it runs: `pixmill --help` and the completion of a shell need none of it.
 * @param finish gets the exit code of the command that was run
 */
export function commandLine(finish: (exitCode: number) => void): Command {
  const program = new Command('pixmill')
    .description('Downloads and compresses the product images of a CSV, and gives the CSV back with the new links.')
    .version(VERSION)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(pixmill --help shows how)')
    .exitOverride();
  for (const add of [
    startCommands,
    runCommand,
    uploadCommand,
    downloadCommand,
    checkCommand,
    checkConfigCommand,
    checkDataCommand,
    migrateCommand,
    backupCommand,
    secretCommand,
    deleteCommand,
    completionCommand,
  ]) {
    add(program, finish);
  }
  for (const command of program.commands) command.exitOverride();
  return program;
}

/** What is wrong with a CSV or an option, line by line; undefined for other errors. */
function refusalText(error: unknown): string | undefined {
  if (error instanceof PixmillError) return withIssues(error.message, error.issues, error.issuesTotal);
  if (!(error instanceof Problem)) return undefined;
  const { message, detail, issues, issueCount } = error;
  return withIssues(`${message}${detail ? `: ${detail}` : ''}`, issues, issueCount);
}

/** A single issue may be named by the sentence itself. */
function withIssues(sentence: string, issues: ShownIssue[], count: number): string {
  const lines = issues.map(({ line, column, message }) => `  line ${line}${column ? `, ${column}` : ''}: ${message}`);
  const more = count > issues.length ? [`  and ${count - issues.length} more`] : [];
  const told = count === 1 && sentence.includes(issues[0]?.message ?? '');
  return [sentence, ...(told ? [] : [...lines, ...more])].join('\n');
}
