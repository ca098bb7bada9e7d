import { imageUrl } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import { refuseUnknownColumns } from '../domain/name-template.ts';
import type { UploadOptions } from '../domain/options.ts';
import { warnOfUnknownFields } from '../domain/unknown-fields.ts';
import { type ReadSettings, readProducts } from '../tables/read-products.ts';
import { HostTally } from './host-tally.ts';
import { type UploadAnswer, type UploadForm, type UploadReport, uploadAnswer } from './upload.ts';
import { UploadTally } from './upload-tally.ts';

/** Of a dry run: those with the most images. */
const LISTED_HOSTS = 100;

/**
 * Reads a CSV as an upload would and keeps nothing: what would be accepted, what not, and how it was understood.
 * @throws Problem for what is wrong with the file as a whole
 */
export async function previewUpload(
  form: Pick<UploadForm, 'open' | 'format' | 'bytes' | 'fields'>,
  { delimiter, on_error, name }: Pick<UploadOptions, 'delimiter' | 'on_error' | 'name'>,
  limits: ReadSettings['limits'] & Pick<Limits, 'storedPerByte'>,
): Promise<UploadAnswer> {
  const skipBadRows = on_error === 'skip';
  const { layout, batches } = await readProducts(form.open, {
    format: form.format,
    delimiter,
    limits,
  });
  refuseUnknownColumns(name, layout.header);
  const tally = new UploadTally({
    warnings: warnOfUnknownFields(form.fields.keys()),
    tableBytes: form.bytes,
    storedPerByte: limits.storedPerByte,
    skipBadRows,
  });
  const hosts = new HostTally();
  const preview: UploadReport['preview'] = [];
  for await (const batch of batches) {
    for (const { line, serial, name, urls } of tally.add(batch)) {
      if (urls.length > 0 && preview.length < 10) {
        preview.push({ line, serial: shortened(serial), name: shortened(name), urls });
      }
      for (const url of urls) {
        const host = imageUrl(url)?.host;
        if (host !== undefined) hosts.add(host);
      }
    }
  }
  const report: UploadReport = {
    layout,
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
