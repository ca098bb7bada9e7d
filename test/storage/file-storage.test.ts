import { join } from 'node:path';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import { storageContract } from '../contracts/storage-contract.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

for (const folders of ['by-request', 'flat'] as const) {
  storageContract(`files, ${folders}`, async () => {
    const folder = temporaryFolder();
    const storage = createFileStorage({ root: join(folder, 'images'), folders });
    await storage.ping();
    return { storage, folder };
  });
}
