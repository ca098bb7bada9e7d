import type { Command } from 'commander';
import type { TableIssueCode } from '../../domain/catalogues/table-issues.ts';
import type { CsvLayout } from '../../domain/product.ts';
import { TABLE_OPTIONS } from '../../domain/table-options.ts';
import { readUploadOptions } from '../../domain/upload-options.ts';
import type { UploadAnswer, UploadReport } from '../../pipeline/upload.ts';
import { addOptions, sentOptions } from '../field-options.ts';
import { issuesText } from '../issues-text.ts';
import { loadConfig } from '../load-config.ts';
import { print, tableText } from '../terminal.ts';
import { withUnpacked } from '../unpacked-file.ts';

const AFTER = `
Exit code: 0 fine, 2 with rows or links that cannot be used, 1 not readable.

Example:
  pixmill check products.csv`;

/** Warnings of links that cannot be used, or were not read; all others say how the file is read. */
const UNUSABLE: TableIssueCode[] = ['invalid_url', 'columns_not_read', 'bad_bytes'];

const HOSTS = 10;
const DELIMITERS: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };

/** `pixmill check FILE.csv`. */
export function checkCommand(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command('check')
    .description('reads a CSV and says what an upload would; downloads nothing')
    .argument('<file>', 'the table: CSV, .xlsx, .ods, JSON, JSON Lines or a product feed in XML, also as .gz or .zip');
  addOptions(command, TABLE_OPTIONS)
    .addHelpText('after', AFTER)
    .action(async (file: string, values: Record<string, unknown>) => {
      const fields = sentOptions(values, TABLE_OPTIONS);
      const options = readUploadOptions(fields);
      const { limits } = loadConfig();
      const { previewUpload } = await import('../../pipeline/preview-upload.ts');
      const answer = await withUnpacked(file, limits.csvBytes, options.sheet, ({ read, bytes }) =>
        previewUpload({ read, bytes, fields }, options, limits),
      );
      if (answer.report) print(reportText(file, answer, answer.report));
      print(findingsText(answer));
      // What is said once of a column comes first in the list, so all of that is on it.
      const unusable = answer.warnings.some(({ code }) => UNUSABLE.includes(code));
      finish(answer.errorCount > 0 || unusable ? 2 : 0);
    });
}

function reportText(file: string, answer: UploadAnswer, { layout, ...report }: UploadReport): string {
  const column = (index: number) => `"${layout.header[index]}"`;
  const repeated = answer.imagesTotal - report.differentImages;
  const hosts = report.hosts.slice(0, HOSTS).map(({ host, images }) => `${host} (${images})`);
  const more = report.hostsTotal > HOSTS ? [`and ${report.hostsTotal - HOSTS} more`] : [];
  return tableText([
    ['File', file],
    ['Read as', readAs(layout)],
    ...(layout.shop ? [['Export of', layout.shop]] : []),
    ['Serial number', layout.serialColumn === null ? 'number of the row' : column(layout.serialColumn)],
    ['Product name', layout.nameColumn === null ? nameSource(layout) : column(layout.nameColumn)],
    ['Image links', layout.imageColumns.map(column).join(', ')],
    ['Products', `${answer.productsTotal}`],
    ['Images', `${answer.imagesTotal}${repeated > 0 ? ` (${repeated} repeated, downloaded once)` : ''}`],
    ['Hosts', [...hosts, ...more].join(', ')],
  ]);
}

function nameSource({ serialColumn }: CsvLayout): string {
  return serialColumn === null ? 'file name of the first link' : 'serial number, or file name of the first link';
}

function readAs({ sheet, encoding, delimiter }: CsvLayout): string {
  return sheet === undefined
    ? `${encoding}, columns by ${DELIMITERS[delimiter] ?? `"${delimiter}"`}`
    : `workbook, sheet "${sheet}"`;
}

const LEFT_OUT =
  'An upload is refused for these rows; with --on-error skip it leaves them out, and errors.csv has them.';

const NOTHING_LEFT = 'An upload is refused: no row has an image that could be read.';

function findingsText({ errors, errorCount, warnings, warningCount, imagesTotal }: UploadAnswer): string {
  const bad = issuesText('Rows that cannot be used', errors, errorCount);
  const texts = [
    bad && `${bad}\n${imagesTotal > 0 ? LEFT_OUT : NOTHING_LEFT}`,
    issuesText('Warnings', warnings, warningCount),
  ].filter(Boolean);
  return `\n${texts.join('\n\n') || 'Nothing is wrong with it.'}`;
}
