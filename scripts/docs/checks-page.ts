import { CHANNELS } from '../../src/domain/channels.ts';
import { PRESETS, type Preset } from '../../src/domain/presets.ts';
import { table } from './markdown-table.ts';

/** docs/checks.md: the rules of sales channels that are checked, and the presets that keep them. */
export function checksPage(): string {
  const rules = Object.entries(CHANNELS).flatMap(([channel, { rules, source, asOf }]) =>
    rules.map(({ name, text }) => [
      `\`check_${channel.replaceAll('-', '_')}_${name}\``,
      text,
      `[${new URL(source).host}](${source})`,
      asOf,
    ]),
  );
  const presets = Object.entries<Preset>(PRESETS).map(([name, { title, options }]) => [
    `\`${name}\``,
    title,
    Object.entries(options)
      .map(([option, value]) => `\`${option}=${value}\``)
      .join(' '),
  ]);
  return `# Checks and presets

Written by \`npm run docs\` from the program itself.

With \`checks=amazon,ebay\` the main picture of each image, as it is stored, is held against what these channels publish.
What breaks a rule gets a note: in the details, counted in the status, to be listed with \`?note=\`.

${table(['note', 'the rule', 'source', 'read on'], rules)}

Only what can be told soundly without knowing what a picture shows is checked. Left out are the white ground of Amazon's
main pictures (other pictures of a product may have any), how much of the frame the product fills, borders, text and
watermarks, and the limits of eBay on pictures that it fetches itself, which it publishes in several versions. Google also
takes BMP and TIFF, Amazon TIFF; Pixmill writes neither. Nothing is enlarged, so a picture that is too small was too small
as an upload.

## Presets

\`preset=NAME\` sets several options together; each one that is sent besides wins. \`GET /api/presets\` lists them. The
presets of channels make pictures that pass the checks of the same name, if the upload is large enough; \`shopify\` and
\`web\` follow no rules, but what shops show.

${table(['preset', 'for', 'sets'], presets)}
`;
}
