import { Type } from 'typebox';
import { CHANNEL_NAMES, type ChannelName } from './channels.ts';
import { NAME_OPTION } from './name-template.ts';
import { choice, flag, line, type OptionSet, option, presetsOf, type Values } from './option.ts';
import { PICTURE_OPTIONS } from './picture-options.ts';
import { PRESET_NAMES } from './presets.ts';
import { RENDITIONS_OPTION } from './renditions.ts';
import { TABLE_OPTIONS } from './table-options.ts';

export {
  DEFAULT_OPTIONS,
  EFFORTS,
  type Effort,
  type Options,
  PICTURE_OPTIONS,
  pictureOptions,
} from './picture-options.ts';

/** Kept with the request as one value, and shown as `options` in its status. */
export const REQUEST_OPTIONS = {
  ...PICTURE_OPTIONS,
  checks: option<ChannelName[], undefined>(
    Type.Array(Type.Unsafe<ChannelName>({ type: 'string', enum: CHANNEL_NAMES }), { uniqueItems: true }),
    undefined,
    {
      description:
        'Sales channels whose published rules each main picture is held against; what breaks one gets a note such as `check_amazon_too_small`.',
      absent: 'none',
      example: 'amazon,ebay',
      argument: 'channels',
    },
  ),
  preset: choice(PRESET_NAMES, undefined, {
    description:
      'Sets format, quality, size and checks together, as `GET /api/presets` lists them; each option that is sent besides wins.',
    absent: 'none',
    example: 'web',
  }),
  renditions: RENDITIONS_OPTION,
  name: NAME_OPTION,
  ...TABLE_OPTIONS,
  on_error: choice(['refuse', 'skip'], 'refuse', {
    description:
      '`refuse`: one bad row refuses the upload; `skip`: bad rows are left out, counted in `rows_skipped`, and listed in `errors.csv`.',
  }),
  label: line(200, {
    description: 'A name for the upload, shown and searched in the list of requests.',
    example: 'Spring catalogue',
    page: { label: 'Label', hint: 'Shown in the list of requests' },
  }),
} satisfies OptionSet;

/** For the upload alone: a webhook may hold a secret in its address, and what a dry run finds is not kept. */
const CALL_OPTIONS = {
  dry_run: flag(false, { description: 'Says what the upload would do; keeps nothing, downloads nothing.' }),
  webhook_url: option<string, undefined>(Type.String(), undefined, {
    description: 'Called once all is done.',
    must: 'an `http` or `https` address',
    absent: "the server's own",
    example: 'https://shop.example/hook',
    page: {
      label: 'Webhook address',
      hint: 'Called when everything is finished. Leave it empty if you do not know what that is.',
    },
  }),
} satisfies OptionSet;

/** Every option of an upload, in the order in which forms and pages show them. */
export const UPLOAD_OPTIONS = { ...REQUEST_OPTIONS, ...CALL_OPTIONS } satisfies OptionSet;

export type RequestOptions = Values<typeof REQUEST_OPTIONS>;
export type UploadOptions = Values<typeof UPLOAD_OPTIONS>;

/**
 * The options of a stored request. An option that did not exist yet when it was stored has its default, which is therefore
 * always what was done before there was the option.
 */
export function storedOptions(json: string): RequestOptions {
  return { ...(presetsOf(REQUEST_OPTIONS) as RequestOptions), ...(JSON.parse(json) as Partial<RequestOptions>) };
}
