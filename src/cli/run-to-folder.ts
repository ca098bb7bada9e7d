import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { REQUEST_OPTIONS } from '../domain/options.ts';
import { isFinished } from '../domain/request.ts';
import { statusObject } from '../domain/status-object.ts';
import { readUploadOptions } from '../domain/upload-options.ts';
import { openLog } from '../observability/log.ts';
import type { RequestRecord } from '../pipeline/ports/store/records.ts';
import { errorsCsv } from '../results/errors-csv.ts';
import { type ImageLinks, LASTING_LINKS } from '../results/image-links.ts';
import { resultTable } from '../results/result-table.ts';
import { type App, startApp } from '../runtime/app.ts';
import type { Config } from '../runtime/config/config.ts';
import { VERSION } from '../runtime/version.ts';
import { storedName } from '../storage/file-storage.ts';
import { sentOptions } from './field-options.ts';
import { handOnFiles } from './hand-on-files.ts';
import { leftOutText, warningsText } from './issues-text.ts';
import { loadConfig } from './load-config.ts';
import { progressDisplay } from './progress.ts';
import { stopSignal } from './stop-signals.ts';
import { summarise, summaryText } from './summary.ts';
import { CommandFailure, complain, print } from './terminal.ts';
import { withUnpacked } from './unpacked-file.ts';
import { writeWhole } from './write-whole.ts';

export interface RunOptions extends Record<string, unknown> {
  out: string;
  json?: true;
}

/** How often progress is looked at; it is one cheap read. */
const LOOK_MS = 200;

/**
 * The work of `pixmill run`: a whole program without its API, on a data folder inside the output folder.
 * @returns the exit code: 0 all images done, 2 some failed or rows were left out
 * @throws CommandFailure where it cannot run, or is stopped
 */
export async function runToFolder(file: string, { out, json, ...values }: RunOptions): Promise<number> {
  const started = Date.now();
  const folder = resolve(out);
  const sha256 = await digestOf(file);
  const fields = sentOptions(values, REQUEST_OPTIONS);
  const config = loadConfig();
  // Whoever names the files, or makes several of each image, gets them laid out when all are done.
  const isLaidOut = fields.has('name') || fields.has('renditions');
  const imagesDir = join(folder, isLaidOut ? '.pixmill/images' : 'images');
  const app = await openFolder(folder, imagesDir, config);
  const stopped = stopSignal();
  try {
    const id = await findOrAccept(app, { file, sha256, fields, csvBytes: config.limits.csvBytes });
    const done = await follow(app, id, stopped);
    if (!done) throw new CommandFailure('Stopped. The same command goes on where it was.', 130);
    const record = await app.store.findRequest(id);
    if (!record) throw new Error('the request is gone');
    const summary = await summarise(app.store, record);
    const fileOf = (key: string) => join(imagesDir, storedName(key));
    const images = join(folder, 'images');
    const links = isLaidOut ? await handOnFiles({ store: app.store, fileOf }, record, images) : LASTING_LINKS;
    const paths = await writeFiles(app, record, folder, links);
    if (json) {
      const { details_url: _details, download_url: _download, ...status } = statusObject(record, '', Date.now());
      print(JSON.stringify({ ...status, kept_original: summary.kept, failures: summary.failures, ...paths }, null, 2));
    } else {
      const before = record.finishedAt !== null && record.finishedAt < started;
      print(`\n${summaryText(summary, before ? null : Date.now() - started)}\n\nResult  ${paths.results}`);
      if (paths.errors) print(`Errors  ${paths.errors}`);
    }
    return record.imagesFailed + record.rejectedTotal > 0 ? 2 : 0;
  } finally {
    const [kept] = await app.store.listRequests({ limit: 1 });
    await app.stop();
    // A CSV that was refused binds the folder to nothing: the corrected one may go there.
    if (!kept) await rm(join(folder, '.pixmill'), { recursive: true, force: true });
  }
}

/** The parts of the program without the API, on a data folder inside the output folder. */
async function openFolder(folder: string, imagesDir: string, loaded: Config): Promise<App> {
  const here = { databaseUrl: null, storageUrl: null, storagePublicUrl: null };
  // Quotas are for those who share a server.
  const limits = { ...loaded.limits, imagesPerDay: 0, openRequests: 0 };
  const config = { ...loaded, ...here, limits, dataDir: join(folder, '.pixmill'), imagesDir };
  return startApp(
    { ...config, port: null, imageFolders: 'flat', retentionDays: 0, removeOrphans: false },
    'worker',
    VERSION,
    openLog('error'),
  );
}

/** One output folder belongs to one file with one set of options; its request is found again after a kill. */
async function findOrAccept(
  { store, acceptUpload }: App,
  { file, sha256, fields, csvBytes }: { file: string; sha256: string; fields: Map<string, string>; csvBytes: number },
): Promise<string> {
  const digest = JSON.stringify([sha256, [...fields].sort()]);
  if ((await store.setting('run', () => digest)) !== digest) {
    const advice = 'Choose another folder for --out, or remove this one.';
    throw new CommandFailure(`The folder holds the result of another file or of other options. ${advice}`);
  }
  const [running] = await store.listRequests({ limit: 1 });
  if (running) {
    complain(isFinished(running.status) ? 'This was finished before.' : 'Going on where it was.');
    return running.id;
  }
  const answer = await withUnpacked(file, csvBytes, readUploadOptions(fields).sheet, ({ name, read, bytes }) =>
    acceptUpload({
      read,
      bytes,
      fileName: name,
      sha256,
      fields,
      fileField: 'file',
      owner: '',
      idempotencyKey: null,
      publicUrl: null,
      linkBase: 'images/',
    }),
  );
  if (answer.warningCount > 0) complain(warningsText(answer.warnings, answer.warningCount));
  if (answer.rowsSkipped > 0) {
    complain(leftOutText(answer.errors, answer.rowsSkipped, 'errors.csv will name what is wrong.'));
  }
  return answer.requestId ?? '';
}

/** Shows the progress until the request is finished. @returns false where it was stopped */
async function follow({ store }: App, id: string, stopped: Promise<unknown>): Promise<boolean> {
  const display = progressDisplay(process.stderr as NodeJS.WriteStream, Date.now);
  let stopping = false;
  stopped.then(() => {
    stopping = true;
  });
  try {
    for (;;) {
      const progress = await store.progress(id);
      if (!progress) throw new Error('the request is gone');
      display.show(statusObject(progress, '', Date.now()));
      if (isFinished(progress.status)) return true;
      if (stopping) return false;
      await Promise.race([sleep(LOOK_MS), stopped]);
    }
  } finally {
    display.end();
  }
}

async function writeFiles(
  { store }: App,
  record: RequestRecord,
  folder: string,
  links: ImageLinks,
): Promise<{ results: string; errors?: string }> {
  const results = join(folder, 'results.csv');
  const errors = join(folder, 'errors.csv');
  await writeWhole(results, resultTable(store, record, links));
  if (record.imagesFailed + record.rejectedTotal === 0) {
    await rm(errors, { force: true });
    return { results };
  }
  await writeWhole(errors, errorsCsv(store, record));
  return { results, errors };
}

async function digestOf(file: string): Promise<string> {
  if (!(await stat(file)).isFile()) throw new CommandFailure(`${file} is no file.`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
