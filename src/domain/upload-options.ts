import { OUTPUT_FORMATS } from './formats.ts';
import { DEFAULT_OPTIONS, EFFORTS, type Options } from './options.ts';
import { Problem } from './problem.ts';
import type { CsvLayout } from './product.ts';
import { refuseSlips } from './unknown-fields.ts';

/** What the form fields of an upload ask for. */
export interface UploadWishes {
  options: Options;
  webhookUrl: string | null;
  /** Undefined: found out from the file. */
  delimiter: CsvLayout['delimiter'] | undefined;
  dryRun: boolean;
  /** Leave bad rows out instead of refusing the upload. */
  skipBadRows: boolean;
}

const DELIMITERS: Record<string, CsvLayout['delimiter']> = {
  ',': ',',
  comma: ',',
  ';': ';',
  semicolon: ';',
  '\t': '\t',
  '\\t': '\t',
  tab: '\t',
  '|': '|',
  pipe: '|',
};

/**
 * Reads the form fields of an upload. A field that is sent empty counts as not sent, as browsers send empty inputs.
 * @param halved whether `scale` defaults to 50, as for the older client that sends its file in `csv_file`
 * @throws Problem `unknown_field` for a slip of the pen in a name, `invalid_option`
 */
export function readUploadFields(fields: ReadonlyMap<string, string>, halved: boolean): UploadWishes {
  refuseSlips(fields.keys());
  const text = (name: string) => fields.get(name)?.trim() || undefined;
  const delimiter = fields.get('delimiter') || undefined;
  return {
    options: {
      quality: percentage('quality', text('quality'), DEFAULT_OPTIONS.quality),
      scale: percentage('scale', text('scale'), halved ? 50 : DEFAULT_OPTIONS.scale),
      format: oneOf('format', text('format'), OUTPUT_FORMATS, DEFAULT_OPTIONS.format),
      effort: oneOf('effort', text('effort'), EFFORTS, DEFAULT_OPTIONS.effort),
    },
    webhookUrl: text('webhook_url') ?? null,
    delimiter:
      delimiter === undefined
        ? undefined
        : DELIMITERS[oneOf('delimiter', delimiter.trim() || delimiter, Object.keys(DELIMITERS), '')],
    dryRun: oneOf('dry_run', text('dry_run'), ['true', '1', 'false', '0'], 'false').match(/true|1/) !== null,
    skipBadRows: oneOf('on_error', text('on_error'), ['refuse', 'skip'], 'refuse') === 'skip',
  };
}

function percentage(name: string, value: string | undefined, preset: number): number {
  if (value === undefined) return preset;
  const number = Number(value);
  if (/^\d{1,3}$/.test(value) && number >= 1 && number <= 100) return number;
  throw new Problem('invalid_option', `"${name}" must be a whole number from 1 to 100.`);
}

function oneOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[], preset: T): T {
  if (value === undefined) return preset;
  const found = allowed.find((choice) => choice === value.toLowerCase());
  if (found !== undefined) return found;
  const choices = allowed.map((choice) => JSON.stringify(choice)).join(', ');
  throw new Problem('invalid_option', `"${name}" must be one of ${choices}.`);
}
