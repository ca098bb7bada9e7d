import { zip } from './zip.ts';

const NAMESPACES = ['office', 'table', 'text', 'style', 'draw', 'xlink', 'of']
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(' ');

/** A spreadsheet as LibreOffice writes it, from the `<table:table-row>` elements of its sheets. */
export function spreadsheet(...sheets: { name: string; rows: string; style?: string }[]): Buffer {
  const tables = sheets
    .map(
      ({ name, rows, style = 'ta1' }) =>
        `<table:table table:name="${name}" table:style-name="${style}">${rows}</table:table>`,
    )
    .join('');
  const content = `<?xml version="1.0" encoding="UTF-8"?><office:document-content ${NAMESPACES}><office:automatic-styles>
    <style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>
    <style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
    </office:automatic-styles><office:body><office:spreadsheet>${tables}</office:spreadsheet></office:body></office:document-content>`;
  return zip(
    { name: 'mimetype', content: Buffer.from('application/vnd.oasis.opendocument.spreadsheet'), stored: true },
    { name: 'content.xml', content: Buffer.from(content) },
  );
}

/** A cell with a text: its paragraphs, and its runs of spaces as elements. */
export function textCell(text: string): string {
  const paragraphs = text
    .split('\n')
    .map((line) => `<text:p>${escaped(line).replace(/ {2,}|^ | $/g, spaces)}</text:p>`);
  return `<table:table-cell office:value-type="string">${paragraphs.join('')}</table:table-cell>`;
}

export const row = (...cells: string[]) => `<table:table-row>${cells.join('')}</table:table-row>`;

function spaces(run: string): string {
  return `<text:s text:c="${run.length}"/>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\t', '<text:tab/>');
}
