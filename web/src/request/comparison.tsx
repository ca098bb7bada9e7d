import { Alert, Anchor, Group, Modal, Stack, Text } from '@mantine/core';
import { type CSSProperties, type ReactNode, useState } from 'react';
import { type FailureCode, failureKind } from '../../../src/domain/catalogues/failures.ts';
import { bytes, percent, saving } from '../format.ts';
import { resultUrl } from './image-table-row.tsx';
import type { ImageRow } from './use-images.ts';

/** One image large: before and after under a slider, or why there is no after. */
export default function Comparison({ image, onClose }: { image: ImageRow; onClose(): void }) {
  const result = resultUrl(image);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={<Text fw={650}>{`${image.name} (${image.serial}), image ${image.position}`}</Text>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <Stack gap="md">
        {image.error && (
          <Alert color="red" variant="light" title={image.error.message} className="problem">
            {failureKind(image.error.code as FailureCode).hint}
          </Alert>
        )}
        {result ? (
          <Slider image={image} after={result} />
        ) : (
          image.status === 'pending' && <Text>This image is still waiting for its turn.</Text>
        )}
        <Facts image={image} />
      </Stack>
    </Modal>
  );
}

function Slider({ image, after }: { image: ImageRow; after: string }) {
  const { input_url: before, width, height, width_in } = image;
  const [split, setSplit] = useState(50);
  const [lost, setLost] = useState(false);
  if (lost) {
    return (
      <>
        <img src={after} alt="After" className="compare-alone" />
        <Text size="sm" c="dimmed">
          The original cannot be shown: its host no longer delivers it, or not to other pages.
        </Text>
      </>
    );
  }
  // As large as the larger of the two, with the shape of the result: that one is turned upright.
  const shape = { '--full': Math.max(width ?? 0, width_in ?? 0), '--width': width ?? 1, '--height': height ?? 1 };
  return (
    <div className="compare" style={{ '--split': `${split}%`, ...shape } as CSSProperties}>
      <img src={after} alt="After" className="compare-after" />
      <img
        src={before}
        alt="Before"
        className="compare-before"
        referrerPolicy="no-referrer"
        onError={() => setLost(true)}
      />
      <span className="compare-line" aria-hidden="true" />
      <span className="compare-label compare-label-before" aria-hidden="true">
        Before
      </span>
      <span className="compare-label compare-label-after" aria-hidden="true">
        After
      </span>
      <input
        type="range"
        min="0"
        max="100"
        value={split}
        aria-label="How much of the original is shown"
        onChange={({ currentTarget }) => setSplit(Number(currentTarget.value))}
      />
    </div>
  );
}

function Facts({ image }: { image: ImageRow }) {
  const { bytes_in, bytes_out } = image;
  const result = resultUrl(image);
  return (
    <Group gap="xl" align="flex-start" className="facts">
      <Fact name="Before">
        {describe(image.format_in, image.width_in, image.height_in, bytes_in)}
        <Anchor href={image.input_url} target="_blank" rel="noreferrer noopener" display="block" size="sm">
          Open the original
        </Anchor>
      </Fact>
      {result && (
        <Fact name="After">
          {describe(image.format_out, image.width, image.height, bytes_out)}
          <Anchor href={result} target="_blank" display="block" size="sm">
            Open the result
          </Anchor>
        </Fact>
      )}
      {bytes_in !== null && bytes_out !== null && (
        <Fact name="Saved">
          <span className="text-good">{percent(Math.round(saving(bytes_in, bytes_out) * 10) / 10)}</span>
          {image.outcome === 'kept_original' && <Text size="sm">Compressing would have made it larger.</Text>}
        </Fact>
      )}
    </Group>
  );
}

function describe(format: string | null, width: number | null, height: number | null, size: number | null): string {
  const parts = [
    format?.toUpperCase(),
    width !== null && height !== null ? `${width} × ${height}` : undefined,
    size !== null ? bytes(size) : undefined,
  ];
  return parts.filter(Boolean).join(', ') || 'Nothing is known';
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="div" fw={600}>
        {children}
      </Text>
    </div>
  );
}
