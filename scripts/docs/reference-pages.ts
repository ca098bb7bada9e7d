import { FAILURES } from '../../src/domain/failure.ts';
import { PROBLEMS } from '../../src/domain/problem.ts';
import { PROBLEM_STATUSES } from '../../src/http/error-response.ts';
import { VARIABLES } from '../../src/runtime/config/variables.ts';

/** What a row of a CSV can be refused or warned for; the messages name the place and the limit. */
const CSV_ISSUES: [code: string, meaning: string][] = [
  ['missing_images', 'The row has no image link.'],
  ['too_many_cells', 'The row has more cells than the header, and they are no links.'],
  ['shifted_cells', 'A delimiter in a text that is not in quotes has moved the cells of the row under other columns.'],
  ['too_many_urls', 'The row has more image links than allowed.'],
  ['url_too_long', 'A link is longer than allowed.'],
  ['invalid_url', 'Warning, once a column: cells hold no http or https address; their images will fail.'],
  ['link_repaired', 'Warning: a link was read as it was surely meant, which the message shows.'],
  [
    'columns_not_read',
    'Warning: links to pictures stand in columns that were not read; `image_columns` names those to read.',
  ],
  ['texts_not_read', 'Warning: columns that are called like image columns hold texts and no links, and were not read.'],
  ['unknown_field', 'Warning: the form has a field that an upload does not know; it was ignored.'],
  ['not_utf8', 'Warning: the file is not UTF-8; its encoding was guessed, and `encoding` may name another one.'],
  ['bad_bytes', 'Warning: some bytes of a UTF-8 file are none, and stand as U+FFFD in the result.'],
  ['result_in_utf8', 'Warning: the result comes in UTF-8, as the encoding of the upload cannot hold all of it.'],
  ['stray_quote', 'Warning: a quote that opens a cell of a TSV and does not close it was read as a part of the text.'],
  ['duplicate_columns', 'Warning: a serial number or name column is there twice, and the first one was taken.'],
  ['several_sheets', 'Warning: the workbook has several sheets, and only one was read.'],
  ['link_behind_text', 'Warning: cells show a text with a link behind it, and the link was read.'],
  ['styles_missing', 'Warning: the workbook lacks the part that says which numbers are days.'],
  ['rows_are_numbered', 'Warning: the file has no column of serial numbers, and its rows were numbered.'],
  [
    'names_are_assumed',
    'Warning: the file has no column of product names; serial numbers or file names stand for them.',
  ],
  ['missing_serial', 'Warning: serial numbers are empty; the number of the row stands for each.'],
  ['missing_name', 'Warning: product names are empty; the serial number or the file name of the link stands for each.'],
];

/** A table in Markdown. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** docs/errors.md, from the catalogues of the program. */
export function errorsPage(): string {
  const problems = Object.entries(PROBLEMS).map(([code, sentence]) => [
    `\`${code}\``,
    String(PROBLEM_STATUSES[code as keyof typeof PROBLEMS]),
    sentence,
  ]);
  const failures = Object.entries(FAILURES).map(([code, { stage, retry, message, hint }]) => [
    `\`${code}\``,
    stage,
    retry ? 'yes' : 'no',
    `${message} ${hint}`,
  ]);
  return `# Errors

Written by \`npm run docs\` from the program itself.

## Refused calls

Every refusal is \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`detail\` and \`code\`; \`error\`
repeats the sentence for older clients. CSV problems also have \`errors\`: the first 100 with \`line\`, \`column\`, \`code\`
and \`message\`, and \`errors_total\`. 429 and 503 come with \`Retry-After\`. A 500 shows nothing of the inside; its
\`detail\` names the line of the log.

${table(['code', 'status', 'sentence'], problems)}

## Rows of a CSV

${table(
  ['code', 'meaning'],
  CSV_ISSUES.map(([code, meaning]) => [`\`${code}\``, meaning]),
)}

## Failed images

In the details, in \`errors.csv\` and in the summary of \`pixmill run\`. "Again" says whether Pixmill tries again by itself,
three times in all; \`POST /api/requests/{id}/retry\` tries every failed image again. \`http_404\` and the like carry the
status of the image host: 408, 425, 429 and 5xx are tried again, others are not.

${table(['code', 'stage', 'again', 'what it means'], [...failures, ['`http_NNN`', 'download', '5xx', 'The image host answered with that status.']])}
`;
}

/** docs/configuration.md, from the table of variables. */
export function configurationPage(): string {
  const rows = Object.entries(VARIABLES).map(([name, { preset, meaning }]) => [
    `\`${name}\``,
    preset === '' ? '–' : `\`${preset}\``,
    meaning,
  ]);
  return `# Configuration

Written by \`npm run docs\` from the program itself.

Settings come from the environment; a \`.env\` file in the working folder adds those that are not set. \`pixmill
check-config\` shows all of them with every problem at once, and nothing starts before they are right.

${table(['variable', 'default', 'meaning'], rows)}
`;
}
