import { type ReadSettings, readProducts } from '../csv/read-products.ts';
import { imageUrl } from '../domain/image.ts';
import type { UploadWishes } from '../domain/upload-fields.ts';
import { type UploadAnswer, type UploadForm, type UploadReport, uploadAnswer } from './upload.ts';
import { UploadTally } from './upload-tally.ts';

/** Of a dry run: those with the most images. */
const LISTED_HOSTS = 100;

/**
 * Reads a CSV as an upload would and keeps nothing: what would be accepted, what not, and how it was understood.
 * @throws Problem for what is wrong with the file as a whole
 */
export async function previewUpload(
  form: Pick<UploadForm, 'open' | 'format'>,
  wishes: Pick<UploadWishes, 'delimiter'>,
  limits: ReadSettings['limits'],
): Promise<UploadAnswer> {
  const { layout, batches } = await readProducts(form.open, {
    format: form.format,
    delimiter: wishes.delimiter,
    limits,
  });
  const tally = new UploadTally();
  const hosts = new Map<string, number>();
  const preview: UploadReport['preview'] = [];
  for await (const batch of batches) {
    for (const { line, serial, name, urls } of tally.add(batch)) {
      if (urls.length > 0 && preview.length < 10) preview.push({ line, serial, name, urls });
      for (const url of urls) {
        const host = imageUrl(url)?.host;
        if (host !== undefined) hosts.set(host, (hosts.get(host) ?? 0) + 1);
      }
    }
  }
  const report: UploadReport = {
    layout,
    differentImages: tally.differentImages,
    hosts: largest(hosts),
    hostsTotal: hosts.size,
    preview,
  };
  const { errors, errorCount } = tally;
  return { ...uploadAnswer(null, tally.totals()), status: null, errors, errorCount, report };
}

/** Not by sorting all of them, which may be a million. */
function largest(hosts: ReadonlyMap<string, number>): UploadReport['hosts'] {
  let found: UploadReport['hosts'] = [];
  let least = 0;
  for (const [host, images] of hosts) {
    if (images <= least) continue;
    found.push({ host, images });
    if (found.length < 10 * LISTED_HOSTS) continue;
    found = first(found);
    least = found.at(-1)?.images ?? 0;
  }
  return first(found);
}

function first(hosts: UploadReport['hosts']): UploadReport['hosts'] {
  return hosts.sort((a, b) => b.images - a.images).slice(0, LISTED_HOSTS);
}
