import { Button, Group, Paper, SegmentedControl, Text, TextInput, Title } from '@mantine/core';
import { useDeferredValue, useMemo } from 'react';
import { count, countOf } from '../format.ts';
import { goWith, usePlace } from '../router.tsx';
import { ImageTable } from './image-table.tsx';
import type { ImageRow } from './use-images.ts';

const SHOWN = [
  { value: 'all', label: 'All' },
  { value: 'failed', label: 'Failed' },
  { value: 'kept', label: 'Kept original' },
];

function matches(row: ImageRow, show: string, reason: string, words: string): boolean {
  if (show === 'failed' && row.status !== 'failed') return false;
  if (show === 'kept' && row.outcome !== 'kept_original') return false;
  if (reason !== '' && row.error?.code !== reason) return false;
  return words === '' || row.name.toLowerCase().includes(words) || row.serial.toLowerCase().startsWith(words);
}

/** The images with their filters, which stand in the address: a reload or a link shows the same. */
export function ImageBrowser({ rows, total, complete }: { rows: ImageRow[]; total: number; complete: boolean }) {
  const { searchParams } = usePlace();
  const show = searchParams.get('show') ?? 'all';
  const reason = searchParams.get('reason') ?? '';
  const search = searchParams.get('search') ?? '';
  // Typing stays smooth while 100,000 rows are searched.
  const words = useDeferredValue(search.trim().toLowerCase());
  const found = useMemo(() => rows.filter((row) => matches(row, show, reason, words)), [rows, show, reason, words]);
  const filtered = show !== 'all' || reason !== '' || words !== '';
  return (
    <Paper withBorder component="section" aria-labelledby="images-title" className="browser">
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2} size="h4" id="images-title">
          Images
        </Title>
        <Text size="sm" c="dimmed" role="status">
          {filtered ? `${count(found.length)} of ${countOf(total, 'image')}` : countOf(total, 'image')}
          {complete ? '' : `, ${count(rows.length)} loaded`}
        </Text>
      </Group>
      <Group mb="md" gap="sm">
        <SegmentedControl
          aria-label="Show"
          data={SHOWN}
          value={show}
          onChange={(value) => goWith({ show: value === 'all' ? null : value, reason: null })}
        />
        <TextInput
          aria-label="Search by name or serial number"
          placeholder="Name or serial number"
          flex="1 1 180px"
          value={search}
          onChange={({ currentTarget }) => goWith({ search: currentTarget.value }, { replace: true })}
        />
        {reason !== '' && (
          <Button variant="default" onClick={() => goWith({ reason: null })} aria-label={`No longer only ${reason}`}>
            Only {reason} ×
          </Button>
        )}
      </Group>
      {found.length > 0 ? (
        <ImageTable rows={found} />
      ) : (
        <Text c="dimmed" py="lg" ta="center">
          {complete ? 'No image fits.' : 'Loading …'}
        </Text>
      )}
    </Paper>
  );
}
