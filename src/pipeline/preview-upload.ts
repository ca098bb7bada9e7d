import { imageUrl } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import { refuseUnknownColumns } from '../domain/name-template.ts';
import type { UploadOptions } from '../domain/options.ts';
import { type TableOptions, tableOptions } from '../domain/table-options.ts';
import { warnOfUnknownFields } from '../domain/unknown-fields.ts';
import { linkExpiry } from '../tables/links/link-expiry.ts';
import type { ReadSettings } from '../tables/read-products.ts';
import { HostTally } from './host-tally.ts';
import { type TableReport, tableReport } from './table-report.ts';
import { type UploadAnswer, type UploadForm, type UploadReport, uploadAnswer } from './upload.ts';
import { UploadTally } from './upload-tally.ts';

/** Of a dry run: those with the most images. */
const LISTED_HOSTS = 100;
/** Of those that say when they end. */
const LISTED_LINKS = 100;

/**
 * Reads a CSV as an upload would and keeps nothing: what would be accepted, what not, and how it was understood.
 * @throws Problem for what is wrong with the file as a whole
 */
export async function previewUpload(
  form: Pick<UploadForm, 'read' | 'bytes' | 'fields'>,
  options: TableOptions & Pick<UploadOptions, 'on_error' | 'name'>,
  limits: ReadSettings['limits'] & Pick<Limits, 'storedPerByte'>,
  quota: TableReport['quota'] = null,
): Promise<UploadAnswer> {
  const skipBadRows = options.on_error === 'skip';
  const table = await form.read({
    table: tableOptions(options),
    limits,
  });
  refuseUnknownColumns(options.name, table.layout.header);
  const tally = new UploadTally({
    warnings: warnOfUnknownFields(form.fields.keys()),
    tableBytes: form.bytes,
    storedPerByte: limits.storedPerByte,
    skipBadRows,
    grouped: table.layout.grouped,
  });
  const hosts = new HostTally();
  const preview: UploadReport['preview'] = [];
  const expiring: TableReport['linksExpiring'] = [];
  for await (const batch of table.batches) {
    for (const { line, serial, name, urls } of tally.add(batch)) {
      if (urls.length > 0 && preview.length < 10) {
        preview.push({ line, serial: shortened(serial), name: shortened(name), urls: urls.map(shortened) });
      }
      for (const [index, url] of urls.entries()) {
        const at = expiring.length < LISTED_LINKS ? linkExpiry(url) : undefined;
        if (at !== undefined) expiring.push({ line, position: index + 1, at });
        // A picture in the cell itself has none.
        const host = imageUrl(url)?.host;
        if (host) hosts.add(host);
      }
    }
  }
  const report: UploadReport = {
    layout: table.layout,
    table: tableReport(table, expiring, quota),
    differentImages: tally.differentImages,
    hosts: hosts.greatest(LISTED_HOSTS),
    hostsTotal: hosts.total,
    preview,
  };
  const answer = uploadAnswer(null, tally.totals(), tally);
  return { ...answer, status: null, rowsSkipped: skipBadRows ? answer.rowsSkipped : 0, report };
}

/** Characters of a text in the preview: it is to be looked at, and a cell may hold a megabyte. */
const PREVIEWED = 1_000;

function shortened(text: string): string {
  return text.length > PREVIEWED ? `${text.slice(0, PREVIEWED)}…` : text;
}
