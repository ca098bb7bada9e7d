import { Anchor, Group, Loader, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { age, countOf, moment } from '../format.ts';
import { goWith, Link, usePlace } from '../router.tsx';
import { later } from '../ui/later.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { StatusBadge } from '../ui/status-badge.tsx';
import { Actions } from './actions.tsx';
import { Deliveries } from './deliveries.tsx';
import { Failures } from './failures.tsx';
import { ImageBrowser } from './image-browser.tsx';
import { ProgressCard } from './progress-card.tsx';
import { RowsLeftOut } from './rows-left-out.tsx';
import { SavingsCard } from './savings-card.tsx';
import { useImages } from './use-images.ts';
import { useLiveStatus } from './use-live-status.ts';

const Comparison = later(() => import('./comparison.tsx'));

/** One request: how far it is, what was saved, what failed, every image. */
export default function RequestPage({ id }: { id: string }) {
  const { data: status, error, refetch } = useLiveStatus(id);
  const images = useImages(id, status);
  const chosen = usePlace().searchParams.get('image');

  if (!status) {
    if (!error) return <Loader aria-label="Loading" />;
    return (
      <Stack>
        <Title order={1}>This request cannot be shown</Title>
        <ProblemAlert error={error} onRetry={() => refetch()} />
        <Anchor component={Link} href="/requests">
          All requests
        </Anchor>
      </Stack>
    );
  }
  const shown = chosen === null ? undefined : images.rows.find(({ key }) => key === chosen);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end" gap="sm">
        <div>
          <Anchor component={Link} href="/requests" size="sm">
            All requests
          </Anchor>
          <Group gap="sm" mt={4}>
            <Title order={1} className="wrap-anywhere">
              {status.file_name}
            </Title>
            <StatusBadge of={status} />
          </Group>
          <Text size="sm" c="dimmed">
            {countOf(status.products_total, 'product')}, {countOf(status.images_total, 'image')},{' '}
            {status.rows_skipped > 0 && `${countOf(status.rows_skipped, 'row')} left out, `}uploaded{' '}
            <time dateTime={status.created_at} title={moment(status.created_at)}>
              {age(status.created_at)}
            </time>
          </Text>
        </div>
        <Actions status={status} />
      </Group>
      {error && <ProblemAlert error={error} onRetry={() => refetch()} />}
      {status.rows_skipped > 0 && <RowsLeftOut status={status} />}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <ProgressCard status={status} />
        <SavingsCard status={status} rows={images.rows} />
      </SimpleGrid>
      {status.images_failed > 0 && <Failures rows={images.rows} complete={images.complete} />}
      {images.error !== undefined && <ProblemAlert error={images.error} />}
      <ImageBrowser rows={images.rows} total={status.images_total} complete={images.complete} />
      {status.webhook && <Deliveries id={id} url={status.webhook.url} finished={status.finished_at !== null} />}
      {shown && <Comparison image={shown} onClose={() => goWith({ image: null })} />}
    </Stack>
  );
}
