import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { ImageTableRow } from './image-table-row.tsx';
import type { ImageRow } from './use-images.ts';

const ROW_HEIGHT = 72;
const COLUMNS = ['Before', 'After', 'Product', 'Size', 'Saved', 'State'];

/** Only the rows in view exist, so 100,000 of them scroll like ten. */
export function ImageTable({ rows }: { rows: ImageRow[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the table cannot be scrolled by keyboard
    <section ref={scroller} className="table-scroller" tabIndex={0} aria-label="Table of images">
      {/* biome-ignore-start lint/a11y: rows that are placed by hand cannot be those of a table element */}
      <div role="table" aria-label="Images" aria-rowcount={rows.length + 1}>
        <div role="row" className="image-row image-head" aria-rowindex={1}>
          {COLUMNS.map((name) => (
            <div role="columnheader" key={name} className={`column-${name.toLowerCase()}`}>
              {name}
            </div>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return row && <ImageTableRow key={row.key} row={row} index={index} top={start} height={ROW_HEIGHT} />;
          })}
        </div>
      </div>
      {/* biome-ignore-end lint/a11y: see above */}
    </section>
  );
}
