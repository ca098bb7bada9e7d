import type { Command } from 'commander';
import type { Accepted, Pixmill, Status, UploadFields } from '../../client/index.ts';
import { openFile } from '../../client/node.ts';
import { UPLOAD_OPTIONS } from '../../domain/options.ts';
import { asFailure, connect, KEY_OPTION, SERVER_OPTION } from '../connect.ts';
import { addOptions, sentOptions } from '../field-options.ts';
import { leftOutText, warningsText } from '../issues-text.ts';
import { progressDisplay } from '../progress.ts';
import { stopSignal } from '../stop-signals.ts';
import { bytesText, CommandFailure, complain, print, tableText } from '../terminal.ts';
import { writeWhole } from '../write-whole.ts';

const AFTER = `
The server goes on when this command is stopped.

Exit code: 0 all images done (without --wait: uploaded), 2 some failed or rows were left out, 1 not run.

Examples:
  pixmill upload products.csv
  pixmill upload products.csv --wait --quality 70 --format webp
  PIXMILL_API_KEY=… pixmill upload products.csv --server https://pixmill.example --out result.csv`;

/** `check` looks before. */
const { dry_run: _, ...SENT } = UPLOAD_OPTIONS;

interface UploadOptions extends Record<string, unknown> {
  server: string;
  key?: string;
  wait?: true;
  out?: string;
  json?: true;
}

/** `pixmill upload FILE.csv`. */
export function uploadCommand(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command('upload')
    .description('sends a CSV to a server, which compresses its images')
    .argument('<file>', 'the table: CSV, .xlsx, .ods, JSON, JSON Lines or a product feed in XML, also as .gz or .zip')
    .option(...SERVER_OPTION)
    .option(...KEY_OPTION)
    .option('--wait', 'shows the progress until all is done')
    .option('--out <file>', 'where the result CSV goes; waits for it');
  addOptions(command, SENT)
    .option('--json', 'prints the state as JSON')
    .addHelpText('after', AFTER)
    .action(async (file: string, options: UploadOptions) => finish(await upload(file, options)));
}

async function upload(file: string, options: UploadOptions): Promise<number> {
  const { server, wait, out, json } = options;
  const pixmill = connect(options);
  // As text: the server says what is wrong with a value.
  const fields = Object.fromEntries(sentOptions(options, SENT)) as UploadFields;
  const accepted = await pixmill.upload(await openFile(file), fields).catch((error) => {
    throw asFailure(error);
  });
  const links = linksOf(server, accepted.request_id);
  if (accepted.warnings_total > 0) complain(warningsText(accepted.warnings, accepted.warnings_total));
  if (accepted.errors_total > 0) {
    complain(leftOutText(accepted.errors, accepted.errors_total, `${links.errors} names what is wrong.`));
  }
  if (!json) print(acceptedText(accepted, links));
  if (!wait && out === undefined) {
    if (json) print(JSON.stringify(accepted, null, 2));
    return accepted.errors_total > 0 ? 2 : 0;
  }
  const status = await follow(pixmill, accepted.request_id, links.page);
  if (out !== undefined) await save(pixmill, status.request_id, out);
  const failed = status.status !== 'Completed' || status.images_failed + accepted.errors_total > 0;
  if (json) print(JSON.stringify(status, null, 2));
  else print(`\n${resultText(status, out ?? links.result, failed ? links.errors : undefined)}`);
  return failed ? 2 : 0;
}

/** Addresses under which this machine finds the server, whatever the server calls itself. */
function linksOf(server: string, id: string) {
  const base = server.replace(/\/+$/, '');
  return {
    page: `${base}/requests/${id}`,
    status: `${base}/api/status/${id}`,
    result: `${base}/api/download/${id}`,
    errors: `${base}/api/requests/${id}/errors.csv`,
  };
}

/** Shows the progress until the request is finished. */
async function follow(pixmill: Pixmill, id: string, page: string): Promise<Status> {
  const stop = new AbortController();
  stopSignal().then(() => stop.abort());
  const display = progressDisplay(process.stderr as NodeJS.WriteStream, Date.now);
  try {
    return await pixmill.wait(id, { signal: stop.signal, onProgress: display.show });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new CommandFailure(`Not waiting any longer. The server goes on; see ${page}`, 130);
  } finally {
    display.end();
  }
}

async function save(pixmill: Pixmill, id: string, path: string): Promise<void> {
  const { body } = await pixmill.downloadCsv(id);
  if (body) await writeWhole(path, body);
}

function acceptedText(accepted: Accepted, { page, status }: ReturnType<typeof linksOf>): string {
  return tableText([
    ['Request', accepted.request_id],
    ['Images', `${accepted.images_total}`],
    ...leftOutRow(accepted),
    ['Page', page],
    ['Status', status],
  ]);
}

function leftOutRow({ rows_skipped }: Pick<Status, 'rows_skipped'>): string[][] {
  return rows_skipped > 0 ? [['Rows left out', `${rows_skipped}`]] : [];
}

function resultText(status: Status, result: string, errors: string | undefined): string {
  const { images_processed, images_failed, bytes_in, bytes_out, saved_percent } = status;
  return tableText([
    ['Done', `${images_processed - images_failed}`],
    ['Failed', `${images_failed}`],
    ...leftOutRow(status),
    ['Before', bytesText(bytes_in)],
    ['After', `${bytesText(bytes_out)} (${saved_percent} % saved)`],
    ['Result', result],
    ...(errors === undefined ? [] : [['Errors', errors]]),
  ]);
}
