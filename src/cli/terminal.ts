import { environment } from '../runtime/config/config.ts';

/**
 * What a terminal takes for a command, or what turns the direction of writing: in cells, links and names of files it comes
 * from strangers.
 */
const CONTROLS = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu;

/** Text that does nothing to a terminal but show. */
function plainText(text: string): string {
  return text.replace(CONTROLS, '');
}

/** Text for the user. */
export function print(line = ''): void {
  process.stdout.write(`${plainText(line)}\n`);
}

/** What went wrong, beside the text that may be piped on. */
export function complain(line: string): void {
  process.stderr.write(`${plainText(line)}\n`);
}

/** A reason not to go on, fit for the user; ends the command with this exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** An error as a user wants to read it: one sentence, or everything where DEBUG is set. */
export function explain(error: unknown): string {
  if (environment().DEBUG) return String((error as Error).stack ?? error);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'The port is taken by another program. Set PIXMILL_PORT to a free one, or to 0.';
  if (code === 'EACCES') return `This is not permitted here: ${message}.`;
  if (code === 'ENOENT') return `There is no such file: ${(error as NodeJS.ErrnoException).path ?? message}.`;
  if (code === 'ENOSPC') return 'The disk is full.';
  return message ?? String(error);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** "1.2 MB" */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** "3 min 20 s" */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Columns of text. */
export function tableText(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
