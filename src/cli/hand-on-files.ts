import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DifferentNames } from '../domain/file-name.ts';
import { MAIN } from '../domain/renditions.ts';
import type { RequestRecord } from '../pipeline/ports/store/records.ts';
import type { RowQueries } from '../pipeline/ports/store/rows.ts';
import { handedOnName, keyOf } from '../results/handed-on.ts';
import { type ImageLinks, LASTING_LINKS } from '../results/image-links.ts';
import { productPages } from '../results/product-pages.ts';

/**
 * Puts the files of a finished request where a shop finds them: the main pictures under their names, each further
 * rendition in a folder of its own. On the same file system they take no room twice.
 * @param fileOf where the file of a key is stored
 * @param to gets them
 * @returns links to these files, relative to the folder around `to`
 */
export async function handOnFiles(
  { store, fileOf }: { store: Pick<RowQueries, 'products'>; fileOf(key: string): string },
  record: RequestRecord,
  to: string,
): Promise<ImageLinks> {
  const places = new Map<string, string>();
  for (const rendition of [MAIN, ...(record.options.renditions ?? []).map(({ name }) => name)]) {
    const names = new DifferentNames();
    for await (const page of productPages(store, record, { names: false, cells: false })) {
      for (const image of page.flatMap(({ images }) => images)) {
        const key = keyOf(image, rendition);
        if (key === null || places.has(key)) continue;
        const name = handedOnName(key, names);
        places.set(key, rendition === MAIN ? name : `${rendition}/${name}`);
        await place(fileOf(key), join(to, places.get(key) ?? ''));
      }
    }
  }
  return { ...LASTING_LINKS, linkTo: ({ linkBase }, key) => linkBase + (places.get(key) ?? key) };
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  // Of a run that was stopped here.
  await rm(to, { force: true });
  // A file system without links, as on a memory stick, gets a copy.
  await link(from, to).catch(() => copyFile(from, to));
}
