import { createReadStream } from 'node:fs';
import { access, constants, lstat, mkdir, open, opendir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseImageKey } from '../domain/image.ts';
import { DiskFull, isFileSystemFull } from '../domain/unavailable.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';

export interface FileStorageSettings {
  /** Made if it is missing; files given to `put` must lie on the same file system. */
  root: string;
  /** `by-request`: `<root>/<tag>/<key>`, so that no folder outgrows its file system. `flat`: `<root>/<key>`. */
  folders: 'by-request' | 'flat';
}

/** Keys of one page of a listing. */
const LISTED_AT_ONCE = 1_000;

/** Images as files. */
export function createFileStorage({ root, folders: layout }: FileStorageSettings): ImageStorage {
  const madeFolders = new Map<string, Promise<void>>();
  const sharedSyncs = new Map<string, Promise<void>>();

  function place(key: string): { folder: string; file: string } | undefined {
    // Only names that we made reach the file system: no `..`, no separators, no NUL.
    const parsed = parseImageKey(key);
    if (!parsed) return undefined;
    const folder = layout === 'flat' ? root : join(root, parsed.tag);
    return { folder, file: join(folder, key) };
  }

  /** A folder that must survive a power cut: made, then its parent synced. */
  function makeFolder(folder: string): Promise<void> {
    let made = madeFolders.get(folder);
    if (!made) {
      made = mkdir(folder, { recursive: true }).then(() => syncPath(root));
      made.catch(() => madeFolders.delete(folder));
      madeFolders.set(folder, made);
    }
    return made;
  }

  /** One sync of a folder serves all files renamed into it before the sync began. */
  function syncFolder(folder: string): Promise<void> {
    let waiting = sharedSyncs.get(folder);
    if (!waiting) {
      waiting = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        sharedSyncs.delete(folder);
        return syncPath(folder);
      });
      sharedSyncs.set(folder, waiting);
    }
    return waiting;
  }

  return {
    async put(key, file) {
      const target = place(key);
      if (!target) throw new Error(`not a key of ours: ${key}`);
      try {
        await syncPath(file);
        await makeFolder(target.folder);
        await rename(file, target.file);
        await syncFolder(target.folder);
      } catch (error) {
        // The folder went with a deleted request, or somebody tidied up: make it again next time.
        madeFolders.delete(target.folder);
        if (isFileSystemFull(error)) throw new DiskFull((error as Error).message, { cause: error });
        throw error;
      }
    },

    async find(key) {
      const target = place(key);
      // A link is none that we made, and may lead to what is not for everybody.
      const stats = target && (await lstat(target.file).catch(absent));
      if (!stats?.isFile()) return undefined;
      return {
        size: stats.size,
        modifiedAt: stats.mtime,
        read: async (range) => createReadStream(target?.file ?? '', range),
      };
    },

    async *list() {
      let page: string[] = [];
      for await (const folder of layout === 'flat' ? [''] : namesIn(root)) {
        const path = join(root, folder);
        for await (const name of namesIn(path)) {
          if (place(name)?.folder === path) page.push(name);
          if (page.length < LISTED_AT_ONCE) continue;
          yield page;
          page = [];
        }
      }
      yield page;
    },

    async remove(keys) {
      const folders = new Set<string>();
      for (const key of keys) {
        const target = place(key);
        if (!target) continue;
        await unlink(target.file).catch(absent);
        folders.add(target.folder);
      }
      for (const folder of folders) {
        madeFolders.delete(folder);
        await rmdir(folder).catch(absent);
      }
    },

    async ping() {
      await mkdir(root, { recursive: true });
      await access(root, constants.W_OK);
    },

    close: () => undefined,
  };
}

/** Nothing where the folder is none, or went meanwhile. */
async function* namesIn(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(absent);
  for await (const { name } of entries ?? []) yield name;
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Not there, or (a folder) not empty: both are what they should be. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTEMPTY' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
