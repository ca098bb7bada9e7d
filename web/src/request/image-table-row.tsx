import { Text } from '@mantine/core';
import { memo, useState } from 'react';
import { bytes, percent, saving } from '../format.ts';
import { goWith } from '../router.tsx';
import type { ImageRow } from './use-images.ts';

/** From where the page itself came; the query of a signed link is what lets it through. */
export const resultUrl = ({ path, output_url }: ImageRow): string | null =>
  path && output_url && `/api/image/${path}${new URL(output_url).search}`;

function stateOf({ status, outcome, error }: ImageRow): { words: string; tone: string } {
  if (status === 'failed') return { words: error?.message ?? 'Failed', tone: 'text-bad' };
  if (status === 'pending') return { words: 'Waiting', tone: '' };
  if (outcome === 'kept_original') return { words: 'Original kept: it was smaller', tone: '' };
  return { words: 'Compressed', tone: 'text-good' };
}

interface ImageTableRowProps {
  row: ImageRow;
  index: number;
  top: number;
  height: number;
}

/** One image in the table; its name opens it large. */
export const ImageTableRow = memo(function ImageTableRow({ row, index, top, height }: ImageTableRowProps) {
  const { words, tone } = stateOf(row);
  const open = () => goWith({ image: row.key });
  const { bytes_in: before, bytes_out: after } = row;
  const result = resultUrl(row);
  return (
    // biome-ignore-start lint/a11y: see image-table.tsx; the button inside does the same by keyboard
    <div
      role="row"
      className="image-row"
      aria-rowindex={index + 2}
      style={{ height, transform: `translateY(${top}px)`, position: 'absolute', top: 0, left: 0, right: 0 }}
      onClick={open}
    >
      <div role="cell" className="column-before">
        <Thumbnail url={row.input_url} />
      </div>
      <div role="cell" className="column-after">
        {result && <Thumbnail url={result} />}
      </div>
      <div role="cell" className="column-product">
        <button
          type="button"
          className="row-button"
          onClick={(event) => {
            event.stopPropagation();
            open();
          }}
        >
          {row.name}
        </button>
        <Text size="xs" c="dimmed" truncate>
          {row.serial}, image {row.position}
        </Text>
      </div>
      <div role="cell" className="column-size">
        {before !== null && after !== null
          ? `${bytes(before)} → ${bytes(after)}`
          : before !== null
            ? bytes(before)
            : '–'}
      </div>
      <div role="cell" className="column-saved">
        {before !== null && after !== null ? percent(Math.round(saving(before, after))) : '–'}
      </div>
      <div role="cell" className={`column-state ${tone}`}>
        {words}
      </div>
    </div>
    // biome-ignore-end lint/a11y: see above
  );
});

/** A host may be gone or refuse to show its image elsewhere: then the place stays empty. */
function Thumbnail({ url }: { url: string }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <span className="thumbnail thumbnail-broken" />;
  return (
    <img
      className="thumbnail"
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setBroken(true)}
    />
  );
}
