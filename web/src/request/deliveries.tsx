import { Badge, Button, Group, Paper, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { pixmill } from '../api/pixmill.ts';
import { moment } from '../format.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';

const STATES = {
  delivered: { colour: 'green', label: 'Delivered' },
  waiting: { colour: 'blue', label: 'To be tried again' },
  given_up: { colour: 'red', label: 'Given up' },
} as const;

const POLL_MS = 3000;

/** Every attempt at telling the shop that the request is finished. */
export function Deliveries({ id, url, finished }: { id: string; url: string; finished: boolean }) {
  const client = useQueryClient();
  const key = ['deliveries', id];
  const log = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => pixmill.deliveries(id, { signal }),
    enabled: finished,
    refetchInterval: POLL_MS,
  });
  const again = useMutation({
    mutationFn: () => pixmill.redeliver(id),
    onSuccess: (changed) => client.setQueryData(key, changed),
  });
  const deliveries = log.data ?? [];
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="deliveries-title">
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={2} size="h4" id="deliveries-title">
            Webhook
          </Title>
          <Text size="sm" c="dimmed" className="wrap-anywhere">
            {url}
          </Text>
        </div>
        {finished && (
          <Button variant="default" size="xs" onClick={() => again.mutate()} loading={again.isPending}>
            Send again
          </Button>
        )}
      </Group>
      {(again.error ?? log.error) && <ProblemAlert error={again.error ?? log.error} />}
      {deliveries.length === 0 ? (
        <Text size="sm">{finished ? 'No attempt yet.' : 'It is called when the request is finished.'}</Text>
      ) : (
        <Table.ScrollContainer
          minWidth={580}
          scrollAreaProps={{ viewportProps: { tabIndex: 0 }, 'aria-label': 'Attempts' }}
        >
          <Table aria-label="Attempts at the webhook">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Answer</Table.Th>
                <Table.Th>Took</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {deliveries.map(({ at, state, status_code, error, duration_ms, webhook_id }) => (
                <Table.Tr key={`${webhook_id} ${at}`}>
                  <Table.Td>{moment(at)}</Table.Td>
                  <Table.Td>
                    <Badge color={STATES[state].colour} variant="light" tt="none" className="badge">
                      {STATES[state].label}
                    </Badge>
                  </Table.Td>
                  <Table.Td>{status_code ?? error ?? '–'}</Table.Td>
                  <Table.Td>{duration_ms} ms</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  );
}
