import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { type FailureCode, failureKind } from '../../../src/domain/catalogues/failures.ts';
import { countOf } from '../format.ts';
import { goWith } from '../router.tsx';
import type { ImageRow } from './use-images.ts';

/** What failed by reason, the most frequent first, and what to do about each. */
export function Failures({ rows, complete }: { rows: ImageRow[]; complete: boolean }) {
  const groups = useMemo(() => {
    const counts = new Map<string, number>();
    for (const { error } of rows) if (error) counts.set(error.code, (counts.get(error.code) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a);
  }, [rows]);
  if (groups.length === 0) return null;
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="failures-title">
      <Title order={2} size="h4" id="failures-title" mb="sm">
        What failed, and what to do
      </Title>
      <Stack component="ul" className="plain-list" gap="md">
        {groups.map(([code, images]) => {
          const { message, hint } = failureKind(code as FailureCode);
          return (
            <Group component="li" key={code} justify="space-between" wrap="nowrap" gap="md" align="flex-start">
              <div>
                <Text fw={600}>
                  {countOf(images, 'image')}: {message}
                </Text>
                <Text size="sm">{hint}</Text>
              </div>
              <Button
                variant="default"
                size="xs"
                style={{ flex: 'none' }}
                onClick={() => goWith({ show: 'failed', reason: code })}
                aria-label={`Show images that failed with ${code}`}
              >
                Show
              </Button>
            </Group>
          );
        })}
      </Stack>
      {!complete && (
        <Text size="sm" c="dimmed" mt="sm">
          Still counting.
        </Text>
      )}
    </Paper>
  );
}
