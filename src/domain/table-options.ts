import { Type } from 'typebox';
import { choice, line, type OptionSet, option, type Values, whole } from './option.ts';
import { Problem } from './problem.ts';

const NAME_CHARACTERS = 200;

/** How the table of an upload is read; whatever is left out is found out from the table itself. */
export const TABLE_OPTIONS = {
  serial_column: line(NAME_CHARACTERS, {
    description: 'The column of serial numbers: its name in the header, or its place, such as `#3`.',
    absent: 'found out',
    example: 'SKU',
  }),
  name_column: line(NAME_CHARACTERS, {
    description: 'The column of product names.',
    absent: 'found out',
    example: 'Title',
  }),
  image_columns: option<string[], undefined>(
    Type.Array(Type.String({ minLength: 1, maxLength: NAME_CHARACTERS }), { minItems: 1, maxItems: 1_000 }),
    undefined,
    {
      description:
        'The columns of image links, in the order in which they are read; a JSON array where names hold commas.',
      must: 'names of columns or their places, such as "#3", separated by commas, or a JSON array of them',
      absent: 'found out',
      example: 'Image Src,#7',
      argument: 'columns',
    },
  ),
  group_column: line(NAME_CHARACTERS, {
    description:
      'Rows with the same cell in this column are one product: they take what they lack from the row above, may have no image, and are counted together.',
    absent: 'no groups',
    example: 'Handle',
  }),
  header_row: whole(1, 1_048_576, undefined, {
    description: 'The line of the header, counted from 1; of a workbook the row.',
    absent: 'found out',
    example: '4',
  }),
  sheet: line(NAME_CHARACTERS, {
    description: 'The sheet of a workbook: its name, or its number from 1.',
    absent: 'the first with image links',
    example: 'Products',
  }),
  encoding: line(40, {
    description: 'The encoding of a CSV, as the WHATWG names it.',
    absent: 'found out',
    example: 'windows-1252',
  }),
  delimiter: choice([',', ';', '\t', '|', '^', '~', ':'], undefined, {
    description: 'What separates the columns.',
    aliases: {
      comma: ',',
      semicolon: ';',
      '\\t': '\t',
      tab: '\t',
      pipe: '|',
      bar: '|',
      caret: '^',
      tilde: '~',
      colon: ':',
    },
    absent: 'found out',
    example: ';',
    argument: 'character',
  }),
  link_separator: line(20, {
    description: 'What separates the links within a cell; `\\n` for a line break.',
    absent: 'found out',
    example: '~',
    argument: 'text',
  }),
} satisfies OptionSet;

export type TableOptions = Values<typeof TABLE_OPTIONS>;

/** Of the options of an upload those that say how its table is read. */
export function tableOptions(options: TableOptions): TableOptions {
  const names = Object.keys(TABLE_OPTIONS) as (keyof TableOptions)[];
  const known = names.filter((name) => options[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, options[name]]));
}

/**
 * The encoding that a client has named, as a WHATWG label.
 * @throws Problem `invalid_option` where there is none of that name
 */
export function encodingLabel(name: string): string {
  try {
    const { encoding } = new TextDecoder(name);
    return encoding;
  } catch {
    const examples = '"utf-8", "windows-1252", "windows-1250", "windows-1251", "shift_jis", "gbk", "big5", "euc-kr"';
    throw new Problem('invalid_option', `"encoding" must be the name of an encoding, such as ${examples}.`);
  }
}

/** The separator of links that a client has named. */
export function separatorOf(named: string): string {
  const words: Record<string, string> = {
    '\\n': '\n',
    newline: '\n',
    space: ' ',
    comma: ',',
    semicolon: ';',
    tab: '\t',
    pipe: '|',
  };
  return words[named.toLowerCase()] ?? named;
}
