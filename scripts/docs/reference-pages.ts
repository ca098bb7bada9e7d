import { FAILURES } from '../../src/domain/catalogues/failures.ts';
import { NOTES } from '../../src/domain/catalogues/notes.ts';
import { PROBLEMS } from '../../src/domain/catalogues/problems.ts';
import { TABLE_ISSUES } from '../../src/domain/catalogues/table-issues.ts';
import { PROBLEM_STATUSES } from '../../src/http/error-response.ts';
import { WHAT_TO_DO } from '../../src/http/problem-document.ts';
import { VARIABLES } from '../../src/runtime/config/variables.ts';
import { table } from './markdown-table.ts';

/** docs/errors.md, from the catalogues of the program. */
export function errorsPage(): string {
  const problems = Object.entries(PROBLEMS).map(([code, sentence]) => [
    `\`${code}\``,
    String(PROBLEM_STATUSES[code as keyof typeof PROBLEMS]),
    sentence,
    WHAT_TO_DO[code as keyof typeof PROBLEMS],
  ]);
  const failures = Object.entries(FAILURES).map(([code, { stage, retry, message, hint }]) => [
    `\`${code}\``,
    stage,
    retry ? 'yes' : 'no',
    `${message} ${hint}`,
  ]);
  const issues = Object.entries(TABLE_ISSUES).map(([code, { severity, meaning }]) => [
    `\`${code}\``,
    severity,
    meaning,
  ]);
  const notes = Object.entries(NOTES).map(([code, { meaning }]) => [`\`${code}\``, meaning]);
  return `# Errors and notes

Written by \`npm run docs\` from the program itself.

## Refused requests

Every refusal is \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`detail\` and \`code\`, or
\`application/json\` with the same members where the \`Accept\` of the request names that alone. A browser that follows a
link outside of \`/api\` gets a page with the same status. \`error\` is the sentence that older clients know: \`Wrong Request ID\`
for \`request_not_found\`, \`Internal server error\` for \`internal_error\`, else \`title\` again. \`detail\` says what exactly
is wrong and what to do; where nothing exact is known, the last column. CSV problems also have \`errors\`: the first 100 with \`line\`, \`column\`, \`code\`
and \`message\`, and \`errors_total\`. 429 and 503 come with \`Retry-After\`. A 500 shows nothing of the inside; its
\`detail\` names the line of the log.

${table(['code', 'status', 'sentence', 'what to do'], problems)}

## Issues of a table

What an answer to an upload lists in \`errors\` and \`warnings\`, with the line and mostly the column. An error refuses the row
or the file; a warning is worth a look; a notice says what stands for something that the table does not have. The codes of
errors that refuse a file as a whole are those of the refusal.

${table(['code', 'severity', 'meaning'], issues)}

## Notes of images

What to know of an image that is done: in the details as \`notes\`, each with its sentence, and counted in the status.
\`GET /api/details/{id}?note=CODE\` lists the images that have one.

${table(['code', 'meaning'], [...notes, ['`check_CHANNEL_RULE`', 'The picture breaks a published rule of that sales channel; the sentence says which.']])}

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
check-config\` shows all of them with every problem at once, and nothing starts before they are right. Each can also lie in a
file that \`NAME_FILE\` names, such as \`PIXMILL_API_KEYS_FILE=/run/secrets/keys\`; so can the \`AWS_ACCESS_KEY_ID\`,
\`AWS_SECRET_ACCESS_KEY\` and \`AWS_SESSION_TOKEN\` of a bucket.

${table(['variable', 'default', 'meaning'], rows)}
`;
}
