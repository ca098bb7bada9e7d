import { Group, Paper, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import type { Status } from '../../../src/client/types.ts';
import { bytes, percent } from '../format.ts';
import { distribution, SavingsChart } from './savings-chart.tsx';
import type { ImageRow } from './use-images.ts';

/** Bytes before and after, and how the saving spreads over the images. */
export function SavingsCard({ status, rows }: { status: Status; rows: ImageRow[] }) {
  const bins = useMemo(() => distribution(rows), [rows]);
  const { bytes_in, bytes_out, saved_percent } = status;
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="savings-title">
      <Title order={2} size="h4" id="savings-title" mb="sm">
        Saved
      </Title>
      {bytes_in === 0 ? (
        <Text c="dimmed">Shows as soon as the first image is done.</Text>
      ) : (
        <>
          <Group align="baseline" gap="xs" mb="xs">
            <Text fz={34} fw={650} lh={1} className="text-good">
              {percent(saved_percent)}
            </Text>
            <Text>
              {bytes(bytes_in)} → {bytes(bytes_out)}
            </Text>
          </Group>
          <SavingsChart bins={bins} />
        </>
      )}
    </Paper>
  );
}
