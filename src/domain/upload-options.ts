import type { Option } from './option.ts';
import { type RequestOptions, UPLOAD_OPTIONS, type UploadOptions } from './options.ts';
import { readOption } from './read-option.ts';
import { refuseSlips } from './unknown-fields.ts';

/** What was sent for the options, by their names: texts, or values of a JSON body. */
export type SentOptions = ReadonlyMap<string, unknown>;

/** For an older client, which sends its file in `csv_file` and expects half of the dimensions. */
export const HALVED: Partial<UploadOptions> = { scale: 50 };

/**
 * Reads the options of an upload. One that is sent empty counts as not sent, as browsers send empty inputs.
 * @param instead defaults that differ from the usual ones
 * @throws Problem `unknown_field` for a slip of the pen in a name, `invalid_option`
 * @example readUploadOptions(new Map([['quality', '70'], ['format', 'JPG']])).format // 'jpeg'
 */
export function readUploadOptions(sent: SentOptions, instead: Partial<UploadOptions> = {}): UploadOptions {
  refuseSlips(sent.keys());
  const presets: Record<string, unknown> = instead;
  const values = Object.entries<Option>(UPLOAD_OPTIONS).map(([name, option]) => {
    const value = readOption(name, option, sent.get(name));
    return [name, value ?? presets[name] ?? option.preset];
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as UploadOptions;
}

/** The options that are kept with a request. */
export function requestOptions({ webhook_url: _url, dry_run: _dry, ...kept }: UploadOptions): RequestOptions {
  return kept;
}
