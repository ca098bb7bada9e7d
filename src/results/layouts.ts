import type { ImageRecord } from '../domain/request.ts';
import type { Layout } from '../domain/result-forms.ts';
import type { ProductRecord, RequestRecord } from '../pipeline/ports/store/records.ts';
import { importCells, importHeader, resultCells, resultHeader } from '../tables/write-results.ts';
import type { ImageLinks } from './image-links.ts';
import { outputSlot } from './output-slot.ts';

/** The text of a result table, in the delimiters and quotes of the upload. */
export interface LayoutWriter {
  /** Its mark, what stood above the header, and the header, as lines. */
  head: string;
  /** The row of a product, as cells that are written as they stand in the file. */
  cells(product: ProductRecord): string[];
}

/** The writer of a layout for a request. */
export function layoutWriter(layout: Layout, record: RequestRecord, links: ImageLinks): LayoutWriter {
  const { layout: table } = record;
  const uploaded = ({ cells, images }: ProductRecord) => ({ cells, urls: images.map(({ inputUrl }) => inputUrl) });
  if (layout === 'import') {
    const linkOf = ({ key }: ImageRecord) => (key === null ? undefined : links.linkTo(record, key));
    return {
      head: importHeader(table),
      cells: (product) => importCells(table, uploaded(product), product.images.map(linkOf)),
    };
  }
  const columns = layout === 'report' ? REPORT : [];
  const renditions = (record.options.renditions ?? []).map(({ name }) => name);
  const further = ({ images }: ProductRecord) =>
    new Map(renditions.map((name) => [name, images.map((image) => outputSlot(record, image, links, name))]));
  const names = columns.map(({ name }) => name);
  return {
    head: resultHeader(table, renditions, names),
    cells: (product) => {
      const outputs = product.images.map((image) => outputSlot(record, image, links));
      const more = columns.map(({ of, between = ',' }) => product.images.map(of).join(between));
      return resultCells(table, uploaded(product), outputs, further(product), more);
    },
  };
}

/** A column of the report: one slot an image, in the order of `Output Image Urls`. */
interface ReportColumn {
  name: string;
  of(image: ImageRecord): string;
  /** Between the slots. */
  between?: string;
}

const number = (value: number | null) => (value === null ? '' : String(value));

const REPORT: ReportColumn[] = [
  { name: 'Image Status', of: ({ status }) => status },
  { name: 'Image Notes', of: noteCodes, between: '|' },
  { name: 'Bytes Before', of: ({ bytesIn }) => number(bytesIn) },
  { name: 'Bytes After', of: ({ bytesOut }) => number(bytesOut) },
  { name: 'Output Width', of: ({ width }) => number(width) },
  { name: 'Output Height', of: ({ height }) => number(height) },
];

function noteCodes(image: ImageRecord): string {
  return image.notes.map(({ code }) => code).join(' ');
}
