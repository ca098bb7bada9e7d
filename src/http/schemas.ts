import { type TObject, type TSchema, Type } from 'typebox';
import type { FAILURES } from '../domain/catalogues/failures.ts';
import { PROBLEMS } from '../domain/catalogues/problems.ts';
import { LISTED_ISSUES } from '../domain/csv-issue.ts';
import { IMAGE_FORMATS, WRITTEN_FORMATS } from '../domain/formats.ts';
import type { RequestOptions } from '../domain/options.ts';
import { SHOPS } from '../domain/product.ts';
import { FAILED_SLOT, REQUEST_STATUSES } from '../domain/request.ts';
import type { StatusObject } from '../domain/status-object.ts';
import { NoteCountsSchema, NotesSchema } from './note-schemas.ts';
import { OptionsSchema, UploadFormSchema } from './option-schemas.ts';
import { PresetsSchema } from './preset-schemas.ts';
import { ReportSchema, TableReportSchema } from './report-schemas.ts';
import { count, named, oneOf, orNull, text, time } from './schema-members.ts';

const ID = '0199d3a4-7b1c-7c3e-9a54-2f0c6a3e8d11';
const KEY = 'blue-mug-1-7kq2m9xd4f8hzv31np5t.jpg';

const CsvIssueSchema = Type.Object(
  {
    line: Type.Integer({ minimum: 1, description: 'Line of the file, the header included.', examples: [7] }),
    column: orNull(Type.String(), 'Name of the column; null where the whole line is meant.'),
    code: text('What is wrong, for programs.', 'missing_images'),
    message: text('What is wrong, for people.', 'The row has no image link.'),
  },
  { $id: 'CsvIssue', description: 'One thing that is wrong in a CSV.' },
);
const issues = (description: string) => Type.Array(named(CsvIssueSchema), { maxItems: LISTED_ISSUES, description });

export const ProblemSchema = Type.Object(
  {
    type: text('A name for the code, as a URI.', 'urn:pixmill:request_not_found'),
    title: text('One sentence, the same for each code.', PROBLEMS.request_not_found),
    status: Type.Integer({ description: 'The HTTP status.', examples: [404] }),
    detail: text(
      'What exactly is wrong, or what to do.',
      'Check the id. The request may have been deleted, or belong to another key.',
    ),
    code: text('What went wrong, for programs. `docs/errors.md` lists all codes.', 'request_not_found'),
    error: text('The sentence that older clients know; mostly `title` again.', 'Wrong Request ID'),
    errors: Type.Optional(issues(`For CSV problems: the first ${LISTED_ISSUES}.`)),
    errors_total: Type.Optional(count('How many CSV problems there are in all.')),
  },
  { $id: 'Problem', description: 'A refused request (RFC 9457).' },
);

const statusMembers = {
  request_id: text('Names the request in every other call.', ID),
  status: oneOf(REQUEST_STATUSES, 'Completed: at least one image is done. Failed: none is.'),
  file_name: text('As uploaded; of a packed file the name inside.', 'products.csv'),
  options: Type.Unsafe<RequestOptions>(named(OptionsSchema)),
  shop_export: orNull(
    oneOf(SHOPS, ''),
    'Whose product export was recognised: `layout=import` makes a result that can be imported there again.',
  ),
  products_total: count('Rows of the CSV that are worked on.'),
  rows_skipped: count('Rows that cannot be used and were left out (`on_error=skip`).', 0),
  images_total: count('Image links. Always pending + done + failed.', 5),
  images_processed: count('Done or failed.', 4),
  images_failed: count('See the details for the reasons.', 1),
  images_pending: count('Neither done nor failed yet.', 1),
  notes: NoteCountsSchema,
  progress: Type.Integer({ minimum: 0, maximum: 100, description: 'Per cent processed.', examples: [80] }),
  bytes_in: count('Bytes downloaded.', 1_284_310),
  bytes_out: count('Bytes after compressing.', 411_042),
  saved_percent: Type.Number({ description: 'Per cent of the bytes that were saved.', examples: [68] }),
  eta_seconds: orNull(Type.Integer(), 'Seconds left at the rate so far; null where nothing tells.'),
  created_at: time('When it was uploaded.'),
  updated_at: time('When anything about it last changed.'),
  started_at: orNull(Type.String({ format: 'date-time' }), 'When the first image was begun.'),
  finished_at: orNull(Type.String({ format: 'date-time' }), 'When the last image was settled.'),
  webhook: orNull(Type.Object({ url: Type.String() }), 'Where the result is announced.'),
  details_url: Type.String({ format: 'uri', description: 'Every image with its outcome.' }),
  download_url: orNull(Type.String({ format: 'uri' }), 'The result CSV; null until the request is finished.'),
} satisfies Record<keyof StatusObject, TSchema>;

export const StatusSchema = Type.Object(statusMembers, { $id: 'Status', description: 'How far a request is.' });

export const UploadSchema = Type.Object(
  {
    request_id: orNull(Type.String({ examples: [ID] }), 'Names the request in every other call; null for a dry run.'),
    status: orNull(oneOf(REQUEST_STATUSES, ''), 'Null for a dry run.'),
    products_total: statusMembers.products_total,
    images_total: statusMembers.images_total,
    rows_skipped: statusMembers.rows_skipped,
    warnings: issues('Worth knowing, no reason to refuse.'),
    warnings_total: count('Warnings in all.', 0),
    errors: issues('Rows that were left out (`on_error=skip`), or that would refuse the upload (dry run).'),
    errors_total: count('Such rows in all.', 0),
    report: Type.Optional(named(ReportSchema)),
  },
  { $id: 'Upload', description: 'An accepted upload, or the report of a dry run.' },
);

export const ImageSchema = Type.Object(
  {
    position: Type.Integer({ minimum: 1, description: 'Place in its product.', examples: [1] }),
    input_url: text('The link as uploaded.', 'https://shop.example/mug.jpg'),
    output_url: orNull(Type.String(), 'Where the compressed image is; where links are signed, for a time.'),
    path: orNull(Type.String({ examples: [KEY] }), 'Its key in the storage.'),
    status: oneOf(['pending', 'done', 'failed'], 'An image ends as done or failed, once.'),
    outcome: orNull(
      oneOf(['compressed', 'kept_original'], ''),
      '`kept_original`: compressing would have made it larger.',
    ),
    error: orNull(
      Type.Object({
        code: text('For programs.', 'http_404' satisfies keyof typeof FAILURES | `http_${number}`),
        message: text('For people.', 'The image host answered with status 404.'),
        stage: text('Where it failed.', 'download'),
      }),
      'Why it failed.',
    ),
    notes: NotesSchema,
    format_in: orNull(oneOf(IMAGE_FORMATS, ''), 'Format of the download.'),
    format_out: orNull(oneOf(WRITTEN_FORMATS, ''), 'Format of the result.'),
    width_in: orNull(Type.Integer(), 'Pixels.'),
    height_in: orNull(Type.Integer(), 'Pixels.'),
    width: orNull(Type.Integer(), 'Pixels of the result.'),
    height: orNull(Type.Integer(), 'Pixels of the result.'),
    bytes_in: orNull(Type.Integer(), 'Size of the download.'),
    bytes_out: orNull(Type.Integer(), 'Size of the result.'),
    placeholder: orNull(
      Type.Object({
        colour: text('The main colour.', '#7a5c3e'),
        thumbhash: text('A blurred picture in some 25 bytes, as base64 (ThumbHash).', '3OcRJYB4d3h/iIeHeEh3eIhw+j3A'),
      }),
      'What to show until the picture is there; null where it was made by an older version, or from a JPEG that stays one at its size with effort=fast: that is never decoded.',
    ),
    renditions: Type.Record(
      Type.String(),
      Type.Object({
        output_url: text('Where it is.', `https://pixmill.example/api/image/${KEY}`),
        path: text('Its key in the storage.', KEY),
        format_out: oneOf(WRITTEN_FORMATS, 'Its format.'),
        width: count('Pixels.', 320),
        height: count('Pixels.', 240),
        bytes_out: count('Its size.', 8_211),
      }),
      { description: 'The further pictures of the image, by the names that the upload gave them.' },
    ),
    srcset: orNull(
      Type.String(),
      'The attribute of the same name for an `<img>`: the pictures of the same proportions with their widths; null where there is one alone.',
    ),
    attempts: count('Tries so far.', 1),
    created_at: time('When it was uploaded.'),
    updated_at: time('When it last changed.'),
  },
  { $id: 'Image', description: 'One image link and what became of it.' },
);

const serial = Type.Union([Type.Number(), Type.String()], {
  description: 'A number where the cell is a plain integer; the number of the row where there is none.',
  examples: [1],
});
const productName = text(
  'As uploaded; where there is none, the serial number, or else the file name of the first link.',
  'Blue mug',
);

const group = orNull(Type.String(), 'Its cell in the group column, where the table has one.');

export const ProductSchema = Type.Object(
  {
    serial_number: serial,
    product_name: productName,
    group: Type.Optional(group),
    input_image_urls: text('Comma-joined.', 'https://shop.example/mug.jpg,https://shop.example/mug-2.jpg'),
    output_image_urls: text(
      `Comma-joined, slot by slot as the inputs; a failed slot is \`${FAILED_SLOT}\`, a pending one is empty.`,
      `https://pixmill.example/api/image/${KEY},${FAILED_SLOT}`,
    ),
  },
  { $id: 'Product', description: 'One row of the CSV.' },
);

export const ProductsSchema = Type.Object(
  { request_id: statusMembers.request_id, products: Type.Array(named(ProductSchema)) },
  { $id: 'Products' },
);

export const DetailedProductSchema = Type.Object(
  {
    serial_number: serial,
    product_name: productName,
    group: Type.Optional(group),
    line: Type.Integer({ description: 'Line of the file.', examples: [2] }),
    images: Type.Array(named(ImageSchema)),
  },
  { $id: 'DetailedProduct' },
);

const nextCursor = orNull(Type.String(), 'Asks for the next page as `cursor`; null on the last.');

export const DetailsSchema = Type.Object(
  { ...statusMembers, products: Type.Array(named(DetailedProductSchema)), next_cursor: nextCursor },
  { $id: 'Details', description: 'The status with every product and image.' },
);

export const RequestListSchema = Type.Object(
  { requests: Type.Array(named(StatusSchema)), next_cursor: nextCursor },
  { $id: 'RequestList' },
);

export const DeliverySchema = Type.Object(
  {
    webhook_id: text('The same on every attempt.', 'msg_0199d3a47b1c'),
    url: text('Where it was sent.', 'https://shop.example/hook'),
    state: oneOf(['waiting', 'delivered', 'given_up'], 'What became of the message with this attempt.'),
    at: time('When it was sent.'),
    duration_ms: count('How long it took.', 120),
    status_code: orNull(Type.Integer({ examples: [204] }), 'What the receiver answered.'),
    error: orNull(Type.String(), 'Why there was no answer.'),
    next_at: orNull(Type.String({ format: 'date-time' }), 'When the next attempt is due.'),
  },
  { $id: 'Delivery', description: 'One attempt at a webhook.' },
);

export const DeliveriesSchema = Type.Object(
  { request_id: statusMembers.request_id, deliveries: Type.Array(named(DeliverySchema)) },
  { $id: 'Deliveries' },
);

const UsedDaySchema = Type.Object(
  {
    day: text('In UTC.', '2026-03-14'),
    requests: count('Uploads that were accepted.', 3),
    images: count('Images of these, and images that were tried again.', 1_200),
    images_reused: count('Images that were taken from before, and neither downloaded nor made again.', 1_000),
    bytes_transferred: count('Bytes of images that were downloaded.', 52_000_000),
    bytes_out: count('Bytes of the images that are done.', 21_000_000),
  },
  { $id: 'UsedDay' },
);

const CustomerUsageSchema = Type.Object(
  {
    name: text('Of the customer; of a plain key `key:` and a digest; empty where no keys are in use.', 'acme'),
    days: Type.Array(named(UsedDaySchema)),
  },
  { $id: 'CustomerUsage' },
);

export const UsageSchema = Type.Object({ customers: Type.Array(named(CustomerUsageSchema)) }, { $id: 'Usage' });

export const HealthSchema = Type.Object(
  { status: text('How it is.', 'ok'), version: text('Of Pixmill.', '1.0.0') },
  {
    $id: 'Health',
  },
);

/** Every schema with a name of its own. */
export const COMPONENTS: TObject[] = [
  CsvIssueSchema,
  ProblemSchema,
  OptionsSchema,
  StatusSchema,
  TableReportSchema,
  ReportSchema,
  UploadSchema,
  UploadFormSchema,
  ImageSchema,
  ProductSchema,
  ProductsSchema,
  DetailedProductSchema,
  DetailsSchema,
  RequestListSchema,
  DeliverySchema,
  DeliveriesSchema,
  UsedDaySchema,
  CustomerUsageSchema,
  UsageSchema,
  HealthSchema,
  PresetsSchema,
];

export const IdParams = Type.Object({ id: text('The `request_id`.', ID) });
