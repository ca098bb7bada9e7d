import { Button, Group, List, Loader, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getJson } from '../api/client.ts';
import type { RequestList, Status } from '../api/types.ts';
import { age, bytes, countOf, percent } from '../format.ts';
import { Link } from '../router.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { isActive, StatusBadge } from '../ui/status-badge.tsx';

const POLL_MS = 2000;
/** Somebody may start one elsewhere; that may take a little longer to show. */
const IDLE_POLL_MS = 15_000;

/** All requests, newest first. */
export default function RequestsPage() {
  const list = useInfiniteQuery({
    queryKey: ['requests'],
    queryFn: ({ pageParam, signal }) =>
      getJson<RequestList>(`/api/requests?limit=50${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
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
      {list.data && requests.length === 0 && <Empty />}
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
