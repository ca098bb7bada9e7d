import { type Command, Option } from 'commander';
import { OUTPUT_FORMATS } from '../domain/formats.ts';
import { EFFORTS } from '../domain/options.ts';

/** The fields of an upload that a command takes as options, by the names that Commander gives them. */
export interface FieldOptions {
  quality?: string;
  scale?: string;
  format?: string;
  effort?: string;
  delimiter?: string;
  onError?: string;
}

export function addFieldOptions(command: Command): Command {
  return command
    .option('--quality <1-100>', 'of the compressed images (50)')
    .option('--scale <1-100>', 'per cent of both dimensions (100)')
    .addOption(new Option('--format <format>', 'of the compressed images (same)').choices(OUTPUT_FORMATS))
    .addOption(new Option('--effort <effort>', 'fast: least time; small: fewest bytes (fast)').choices(EFFORTS))
    .option('--delimiter <character>', 'between columns; found out where left out')
    .addOption(
      new Option('--on-error <what>', 'with bad rows: refuse the file, or skip them (refuse)').choices([
        'refuse',
        'skip',
      ]),
    );
}

/** The fields by their names in the API. */
export function fieldsOf({ quality, scale, format, effort, delimiter, onError }: FieldOptions): Map<string, string> {
  const fields = { quality, scale, format, effort, delimiter, on_error: onError };
  return new Map(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined));
}
