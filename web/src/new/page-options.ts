import { type Option, presetsOf } from '../../../src/domain/option.ts';
import { UPLOAD_OPTIONS, type UploadOptions } from '../../../src/domain/options.ts';

type OptionName = keyof UploadOptions;
export type PageOption = Option & { page: NonNullable<Option['page']> };

/** The options that the page shows, in their order. */
export const PAGE_OPTIONS = Object.entries<Option>(UPLOAD_OPTIONS).filter(
  (entry): entry is [OptionName, PageOption] => entry[1].page !== undefined,
);

export const PAGE_PRESETS: Partial<UploadOptions> = presetsOf(Object.fromEntries(PAGE_OPTIONS));

export interface OptionsProps {
  options: Partial<UploadOptions>;
  set(change: Partial<UploadOptions>): void;
}
