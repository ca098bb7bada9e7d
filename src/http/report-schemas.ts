import { Type } from 'typebox';
import { COLUMN_ROLES, SHOPS } from '../domain/product.ts';
import { count, named, oneOf, orNull, text, time } from './schema-members.ts';

export const TableReportSchema = Type.Object(
  {
    encoding: text('How the bytes were read, as the WHATWG names it.', 'utf-8'),
    encoding_sure: Type.Boolean({ description: 'False: it is a guess, and `encoding` may name another one.' }),
    header_row: orNull(Type.Integer({ minimum: 1, examples: [1] }), 'Line of the header; null where there is none.'),
    sheet: orNull(Type.String({ examples: ['Products'] }), 'The sheet that was read; null for a CSV.'),
    sheets: Type.Array(Type.String(), { description: 'All sheets of a workbook.' }),
    columns: Type.Array(
      Type.Object({
        index: Type.Integer({ minimum: 1, description: 'From 1, as in `#3`.', examples: [3] }),
        header: Type.String(),
        role: orNull(oneOf(COLUMN_ROLES, ''), 'What it is read as; null: kept, and not read.'),
        links: count('Links in it.'),
        sample: Type.String({ description: 'The first cell that is not empty, shortened.' }),
      }),
      { description: 'All columns, in their order.' },
    ),
    links_expiring: Type.Array(
      Type.Object({ line: Type.Integer(), position: Type.Integer(), at: time('When the link ends.') }),
      { description: 'The first 100 links that say when they end.' },
    ),
    quota: orNull(
      Type.Object({
        images_left: orNull(Type.Integer(), 'Images that may still be uploaded today; null: any number.'),
        requests_left: orNull(Type.Integer(), 'Requests that may still be open at once; null: any number.'),
      }),
      'What the caller may still use; null where nothing is limited.',
    ),
  },
  { $id: 'TableReport', description: 'How a table was read.' },
);

export const ReportSchema = Type.Object(
  {
    shop_export: orNull(oneOf(SHOPS, ''), 'Whose product export was recognised.'),
    sheet: orNull(Type.String({ examples: ['Products'] }), 'The sheet that was read; null for a CSV.'),
    encoding: text('How the bytes were read.', 'utf-8'),
    delimiter: text('What separates the columns.', ','),
    columns: Type.Object(
      {
        serial_number: orNull(Type.String(), 'Null: the rows are numbered.'),
        product_name: orNull(
          Type.String(),
          'Null: the serial number, or else the file name of the first link, stands for the name.',
        ),
        images: Type.Array(Type.String()),
      },
      { description: 'The columns that are used, by their names in the file.' },
    ),
    different_images: count('Links that differ; equal ones are downloaded once.'),
    hosts: Type.Array(Type.Object({ host: Type.String(), images: Type.Integer() }), {
      description: 'The hosts with the most images, of the first 10,000 hosts.',
    }),
    hosts_total: count('Hosts in all.', 1),
    table: named(TableReportSchema),
    preview: Type.Array(
      Type.Object({
        line: Type.Integer(),
        serial_number: Type.Union([Type.Number(), Type.String()]),
        product_name: Type.String(),
        input_image_urls: Type.String(),
      }),
      { description: 'The first products as they were read.' },
    ),
  },
  { $id: 'Report', description: 'How a CSV was understood (dry run).' },
);
