import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Status } from '../../../src/client/types.ts';
import { pixmill } from '../api/pixmill.ts';
import { countOf } from '../format.ts';
import { go } from '../router.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { SHOP_NAMES } from '../ui/shop-names.ts';
import { isActive } from '../ui/status-badge.tsx';
import { statusKey } from './use-live-status.ts';

/** Everything that can be done with a request as a whole. */
export function Actions({ status }: { status: Status }) {
  const id = status.request_id;
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const active = isActive(status);
  const done = status.images_processed - status.images_failed;

  const change = useMutation({
    mutationFn: (what: 'retry' | 'cancel') => pixmill[what](id),
    onSuccess: (changed) => client.setQueryData(statusKey(id), changed),
  });
  const deletion = useMutation({
    mutationFn: () => pixmill.remove(id),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ['requests'] });
      go('/requests', { replace: true });
    },
  });

  return (
    <Stack gap="sm">
      <Group gap={8} className="actions">
        {active ? (
          <Button component="a" href={`/api/download/${id}?partial=true`} download variant="default">
            Download CSV so far
          </Button>
        ) : (
          <Button component="a" href={`/api/download/${id}`} download>
            Download CSV
          </Button>
        )}
        {!active && status.shop_export && (
          <Button component="a" href={`/api/download/${id}?layout=import`} download variant="default">
            CSV for {SHOP_NAMES[status.shop_export]}
          </Button>
        )}
        {done > 0 && (
          <Button component="a" href={`/api/requests/${id}/images.zip`} download variant="default">
            Images as ZIP
          </Button>
        )}
        <Button component="a" href={`/api/requests/${id}/errors.csv`} download variant="default">
          Failures CSV
        </Button>
        {!active && status.images_failed > 0 && (
          <Button variant="default" onClick={() => change.mutate('retry')} loading={change.isPending}>
            Retry failed
          </Button>
        )}
        {active && (
          <Button variant="default" onClick={() => change.mutate('cancel')} loading={change.isPending}>
            Cancel
          </Button>
        )}
        <CopyButton text={`${window.location.origin}/requests/${id}`} label="Copy link" />
        <Button variant="subtle" className="text-bad" color="red" px="sm" onClick={() => setAsking(true)}>
          Delete
        </Button>
      </Group>
      {change.error && <ProblemAlert error={change.error} />}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title="Delete this request?"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Text size="sm">
          {active ? 'It is stopped. ' : ''}
          {done > 0 ? `Its results are gone for good: ${countOf(done, 'compressed image')}.` : 'It is gone for good.'}{' '}
          The originals stay where they are.
        </Text>
        {deletion.error && <ProblemAlert error={deletion.error} />}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            Keep it
          </Button>
          <Button color="red.8" onClick={() => deletion.mutate()} loading={deletion.isPending}>
            Delete for good
          </Button>
        </Group>
      </Modal>
    </Stack>
  );
}
