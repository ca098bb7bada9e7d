import { Button, Group, List, Loader, Paper, Progress, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Status } from '../../../src/client/types.ts';
import { pixmill } from '../api/pixmill.ts';
import { age, bytes, countOf, percent } from '../format.ts';
import { Link } from '../router.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { isActive, StatusBadge } from '../ui/status-badge.tsx';

const POLL_MS = 2000;
/** Somebody may start one elsewhere; that may take a little longer to show. */
const IDLE_POLL_MS = 15_000;
/** Somebody who types on is not answered yet. */
const TYPING_MS = 250;

/** All requests, newest first. */
export default function RequestsPage() {
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery({
    queryKey: ['requests', text],
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      pixmill.listPage({ limit: 50, cursor: pageParam, q: text === '' ? undefined : text, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ requests }) => requests.some(isActive)) ? POLL_MS : IDLE_POLL_MS,
  });
  const requests = list.data?.pages.flatMap((page) => page.requests) ?? [];

  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1}>Requests</Title>
        <Button component={Link} href="/">
          New request
        </Button>
      </Group>
      {list.error && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Loader aria-label="Loading" />}
      {(requests.length > 0 || typed !== '') && (
        <TextInput
          aria-label="Search by file name or label"
          placeholder="Search by file name or label"
          type="search"
          value={typed}
          maxLength={200}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      )}
      {list.data && requests.length === 0 && (text === '' ? <Empty /> : <Text>No request has this in its name.</Text>)}
      {requests.length > 0 && (
        <ul className="plain-list" aria-label="Requests">
          {requests.map((request) => (
            <li key={request.request_id}>
              <RequestCard request={request} />
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button variant="default" onClick={() => list.fetchNextPage()} loading={list.isFetchingNextPage}>
          Show older ones
        </Button>
      )}
    </Stack>
  );
}

function RequestCard({ request }: { request: Status }) {
  const { request_id, file_name, images_total, images_failed, images_processed, rows_skipped } = request;
  const { bytes_in, bytes_out, options } = request;
  const active = isActive(request);
  return (
    <Paper component={Link} href={`/requests/${request_id}`} withBorder p="md" className="card">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text fw={600} className="wrap-anywhere">
          {file_name}
          {options.label && (
            <Text span c="dimmed" fw={400}>
              {' '}
              {options.label}
            </Text>
          )}
        </Text>
        <StatusBadge of={request} />
      </Group>
      {active && <Progress value={request.progress} my="xs" size="sm" aria-label={`Progress of ${file_name}`} />}
      <Group gap="lg" mt={4} className="card-facts">
        <Text size="sm">
          {active ? `${images_processed} of ` : ''}
          {countOf(images_total, 'image')}
          {images_failed > 0 && (
            <Text span size="sm" className="text-bad">
              , {images_failed} failed
            </Text>
          )}
        </Text>
        {rows_skipped > 0 && (
          <Text size="sm" className="text-bad">
            {countOf(rows_skipped, 'row was', 'rows were')} left out
          </Text>
        )}
        <Text size="sm">
          {bytes_in > 0
            ? `${bytes(Math.max(0, bytes_in - bytes_out))} saved (${percent(request.saved_percent)})`
            : 'Nothing saved yet'}
        </Text>
        <Text size="sm" c="dimmed">
          <time dateTime={request.created_at}>{age(request.created_at)}</time>
        </Text>
      </Group>
    </Paper>
  );
}

function Empty() {
  return (
    <Paper withBorder p="xl">
      <Title order={2} size="h3" mb="xs">
        No requests yet
      </Title>
      <List type="ordered" spacing={4} mb="lg">
        <List.Item>
          Export your products as a CSV: the links of the images, best with a serial number and a name.
        </List.Item>
        <List.Item>Drop it on the first page. You see how it is understood before anything starts.</List.Item>
        <List.Item>Take home the same CSV with the links of the smaller images.</List.Item>
      </List>
      <Button component={Link} href="/">
        Start with a CSV
      </Button>
    </Paper>
  );
}
