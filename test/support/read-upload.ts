import { createReadStream, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import { type CsvBatch, readProducts } from '../../src/tables/read-products.ts';
import { unpackFile } from '../../src/tables/unpack.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();

/** Reads an uploaded file as the upload does, whatever its format. */
export async function readUpload(
  name: string,
  content: Uint8Array | string,
  { csvBytes = 10_000_000, sheet = '' } = {},
) {
  const [path, to] = [join(folder, 'upload'), join(folder, 'unpacked')];
  writeFileSync(path, content);
  rmSync(to, { force: true });
  const file = await unpackFile(path, to, name, csvBytes, sheet || undefined);
  for (const left of ['inside', 'rows', 'texts']) {
    if (existsSync(`${to}-${left}`) || existsSync(`${to}.${left}`))
      throw new Error(`a file of ${left} was left behind`);
  }
  const { layout, batches } = await readProducts(() => createReadStream(file.path), {
    format: file.format,
    limits: DEFAULT_LIMITS,
  });
  const all: CsvBatch = { products: [], rejected: [], warnings: [] };
  for await (const { products, rejected, warnings, notices = [] } of batches) {
    all.products.push(...products);
    all.rejected.push(...rejected);
    all.warnings.push(...warnings, ...notices);
  }
  return { file, layout, ...all };
}
