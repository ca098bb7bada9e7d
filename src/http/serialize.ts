import type { Static } from 'typebox';
import { noteSentence } from '../domain/catalogues/notes.ts';
import { shownLink } from '../domain/image.ts';
import { serialNumber } from '../domain/product.ts';
import type { ImageRecord } from '../domain/request.ts';
import type { DeliveryAttempt, ProductRecord, RequestRecord } from '../pipeline/ports/store/records.ts';
import type { TableReport } from '../pipeline/table-report.ts';
import type { UploadAnswer, UploadReport } from '../pipeline/upload.ts';
import type { ImageLinks } from '../results/image-links.ts';
import { outputSlot } from '../results/output-slot.ts';
import { srcset } from '../results/srcset.ts';
import { cellValue } from '../tables/written-cell.ts';
import type { ReportSchema } from './report-schemas.ts';
import type { DeliverySchema, DetailedProductSchema, ImageSchema, ProductSchema, UploadSchema } from './schemas.ts';

const iso = (time: number) => new Date(time).toISOString();

export function serializeUpload(answer: UploadAnswer): Static<typeof UploadSchema> {
  return {
    request_id: answer.requestId,
    status: answer.status,
    products_total: answer.productsTotal,
    images_total: answer.imagesTotal,
    rows_skipped: answer.rowsSkipped,
    warnings: answer.warnings,
    warnings_total: answer.warningCount,
    errors: answer.errors,
    errors_total: answer.errorCount,
    ...(answer.report ? { report: serializeReport(answer.report) } : {}),
  };
}

function serializeReport({ layout, table, ...report }: UploadReport): Static<typeof ReportSchema> {
  const header = (column: number) => layout.header[column] ?? '';
  const headerOrNull = (column: number | null) => (column === null ? null : header(column));
  return {
    shop_export: layout.shop ?? null,
    sheet: layout.sheet ?? null,
    encoding: layout.encoding,
    delimiter: layout.delimiter,
    columns: {
      serial_number: headerOrNull(layout.serialColumn),
      product_name: headerOrNull(layout.nameColumn),
      images: layout.imageColumns.map(header),
    },
    different_images: report.differentImages,
    hosts: report.hosts,
    hosts_total: report.hostsTotal,
    table: serializeTable(table),
    preview: report.preview.map(({ line, serial, name, urls }) => ({
      line,
      serial_number: serialNumber(serial),
      product_name: name,
      input_image_urls: urls.map(shownLink).join(','),
    })),
  };
}

function serializeTable({ encodingSure, headerRow, linksExpiring, quota, ...table }: TableReport) {
  return {
    ...table,
    encoding_sure: encodingSure,
    header_row: headerRow,
    links_expiring: linksExpiring.map(({ at, ...place }) => ({ ...place, at: iso(at) })),
    quota: quota && { images_left: quota.imagesLeft, requests_left: quota.requestsLeft },
  };
}

export function serializeProduct(
  record: RequestRecord,
  product: ProductRecord,
  links: ImageLinks,
): Static<typeof ProductSchema> {
  return {
    serial_number: serialNumber(product.serial),
    product_name: product.name,
    ...groupOf(record, product),
    input_image_urls: product.images.map(({ inputUrl }) => shownLink(inputUrl)).join(','),
    output_image_urls: product.images.map((image) => outputSlot(record, image, links)).join(','),
  };
}

/** Nothing where the table has no groups: most have none. */
function groupOf({ layout }: RequestRecord, { cells }: ProductRecord): { group?: string | null } {
  if (layout.groupColumn === undefined) return {};
  const cell = cells[layout.groupColumn] ?? '';
  return { group: (layout.written ? cellValue(cell) : cell).trim() || null };
}

export function serializeDetailedProduct(
  record: RequestRecord,
  product: ProductRecord,
  links: ImageLinks,
): Static<typeof DetailedProductSchema> {
  return {
    serial_number: serialNumber(product.serial),
    product_name: product.name,
    ...groupOf(record, product),
    line: product.line,
    images: product.images.map((image) => serializeImage(record, image, links)),
  };
}

function serializeImage(record: RequestRecord, image: ImageRecord, links: ImageLinks): Static<typeof ImageSchema> {
  return {
    position: image.position,
    input_url: shownLink(image.inputUrl),
    output_url: image.key === null ? null : links.linkTo(record, image.key),
    path: image.key,
    status: image.status,
    outcome: image.outcome,
    error: image.error,
    notes: image.notes.map((note) => ({ code: note.code, message: noteSentence(note) })),
    format_in: image.formatIn,
    format_out: image.formatOut,
    width_in: image.widthIn,
    height_in: image.heightIn,
    width: image.width,
    height: image.height,
    bytes_in: image.bytesIn,
    bytes_out: image.bytesOut,
    placeholder: image.placeholder,
    renditions: serializeRenditions(record, image, links),
    srcset: srcset(record, image, links),
    attempts: image.attempts,
    created_at: iso(record.createdAt),
    updated_at: iso(image.updatedAt),
  };
}

function serializeRenditions(record: RequestRecord, { renditions }: ImageRecord, links: ImageLinks) {
  const serialized = renditions.map(({ name, key, formatOut, width, height, bytesOut }) => [
    name,
    { output_url: links.linkTo(record, key), path: key, format_out: formatOut, width, height, bytes_out: bytesOut },
  ]);
  return Object.fromEntries(serialized) as Static<typeof ImageSchema>['renditions'];
}

export function serializeDelivery(attempt: DeliveryAttempt): Static<typeof DeliverySchema> {
  return {
    webhook_id: attempt.webhookId,
    url: attempt.url,
    state: attempt.state,
    at: iso(attempt.at),
    duration_ms: attempt.durationMs,
    status_code: attempt.statusCode,
    error: attempt.error,
    next_at: attempt.nextAt === null ? null : iso(attempt.nextAt),
  };
}
