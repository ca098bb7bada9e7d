import { FAILURES } from '../../src/domain/catalogues/failures.ts';
import { NOTES } from '../../src/domain/catalogues/notes.ts';
import { PROBLEMS } from '../../src/domain/catalogues/problems.ts';
import { TABLE_ISSUES } from '../../src/domain/catalogues/table-issues.ts';
import { FORMATS, IMAGE_FORMATS } from '../../src/domain/formats.ts';
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

/** docs/formats.md, from the records of the formats. */
export function formatsPage(): string {
  const yes = (value: boolean) => (value ? 'yes' : '–');
  const rows = IMAGE_FORMATS.map((format) => {
    const { title, alpha, motion, lossless, longestSide, shownByBrowsers, becomes, ...how } = FORMATS[format];
    const written = how.offered ? `\`format=${format}\`` : how.written ? '`same` only' : `no: becomes ${becomes}`;
    const side = longestSide > 2 ** 30 ? '–' : longestSide.toLocaleString('en-GB');
    const traits = [alpha, motion, lossless, shownByBrowsers].map(yes);
    return [title, `\`${how.contentType}\``, `\`.${how.extension}\``, written, ...traits, side];
  });
  return `# Formats

Written by \`npm run docs\` from the program itself.

What Pixmill reads, and what it writes. A format is told by the bytes of a file, never by its name or by what the host says.
With \`format=same\`, the default, each image keeps its format. Transparency becomes white where the format of the result has
none; of an animation the first frame is left where the format of the result has none. "Frames" says whether Pixmill reads and
writes animations of it. A picture whose longest side the wanted format cannot hold keeps its format, or becomes JPEG, or PNG where
it is transparent. \`format_out\` in the details says so, and a [note](errors.md#notes-of-images) of the image does.

Of a TIFF with several pages the first is read; of an icon the largest picture; of JPEG XL and AVIF that move the first frame,
unless the file is kept as it is. An SVG is drawn at its own size, without scripts and without anything from outside of it.
What is not read is refused as \`unsupported_format\`, which names what the file is.

HEIC is coded with HEVC, which is covered by patents in many countries. Pixmill decodes it and never writes it; neither its
licence nor that of its decoder grants a right to these patents, so judge whether you need one.

Colours are those that a browser shows: profiles, gamma and colour numbers of PNG and AVIF are applied, HDR is brought to an
ordinary screen, and the result is sRGB.

${table(['format', 'content type', 'file', 'written', 'transparency', 'frames', 'pixels without loss', 'shown by browsers', 'longest side, px'], rows)}

What to choose is in [Options](options.md#what-to-choose), what each costs in [Performance](performance.md).
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

## Image hosts

\`PIXMILL_SOURCES\` names a file of JSON, read at the start:

\`\`\`json
{
  "hosts": {
    "images.supplier.example": {
      "headers": { "Authorization": "Basic c2hvcDpzZWNyZXQ=" },
      "customers": ["shop-a"]
    },
    "*.cdn.example": { "headers": { "Referer": "https://shop.example/" }, "downloads": 4, "per_second": 10 }
  },
  "allow": ["*.shop.example", "images.supplier.example"],
  "deny": ["ads.shop.example"]
}
\`\`\`

- A host is a name or an address, with a port or for all ports. \`*.cdn.example\` stands for every name below
  \`cdn.example\`, not for that name itself nor for \`othercdn.example\`. Of several entries that fit, the most exact one
  holds.
- \`headers\` are sent with each download whose link names the host, and never to another host that a redirect leads to.
  With keys in \`PIXMILL_API_KEYS\`, an entry with headers names the \`customers\` whose downloads get them. Headers are
  shown nowhere; let nobody but Pixmill read the file.
- \`downloads\` takes the place of \`PIXMILL_DOWNLOADS_PER_HOST\`, and \`per_second\` is how many may begin in a second.
  A host that answers 429 is asked more slowly for a while without any entry.
- With \`allow\`, downloads from all other hosts are refused; \`deny\` refuses its own. Both hold for redirects, too. What is
  not on the public internet needs \`PIXMILL_ALLOW_ADDRESSES\` besides.
`;
}
