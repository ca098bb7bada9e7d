import { Group, Paper, Progress, Text, Title } from '@mantine/core';
import type { Status } from '../../../src/client/types.ts';
import { count, duration } from '../format.ts';
import { isActive } from '../ui/status-badge.tsx';

const rates = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** How far it is, how fast, how long still. */
export function ProgressCard({ status }: { status: Status }) {
  const { images_total, images_processed, images_failed, images_pending, eta_seconds, started_at } = status;
  const active = isActive(status);
  const end = status.finished_at ?? status.updated_at;
  const seconds = started_at ? Math.max(0.001, (Date.parse(end) - Date.parse(started_at)) / 1000) : 0;
  const rate = seconds > 0 ? images_processed / seconds : 0;
  const share = (images: number) => (images_total === 0 ? 0 : (images / images_total) * 100);
  const name = `${count(images_processed)} of ${count(images_total)} images processed`;
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="progress-title">
      <Title order={2} size="h4" id="progress-title" mb="sm">
        Progress
      </Title>
      <Group align="baseline" gap="xs" mb="xs">
        <Text fz={34} fw={650} lh={1}>
          {status.progress} %
        </Text>
        <Text>
          {count(images_processed)} of {count(images_total)} images
        </Text>
      </Group>
      <Progress.Root size="lg" mb="sm">
        <Progress.Section
          value={share(images_processed - images_failed)}
          color="green.8"
          animated={active}
          aria-label={name}
        />
        <Progress.Section value={share(images_failed)} color="red.7" aria-label={`${count(images_failed)} failed`} />
      </Progress.Root>
      <Group gap="lg">
        <Text size="sm">{count(images_processed - images_failed)} done</Text>
        <Text size="sm" className={images_failed > 0 ? 'text-bad' : ''}>
          {count(images_failed)} failed
        </Text>
        {active && <Text size="sm">{count(images_pending)} waiting</Text>}
        {rate > 0 && <Text size="sm">{rates.format(rate)} images/s</Text>}
      </Group>
      <Text size="sm" c="dimmed" mt="xs" role="status">
        {active
          ? eta_seconds === null
            ? 'Time left: not known yet'
            : `About ${duration(eta_seconds)} left`
          : started_at && `Finished in ${duration(seconds)}`}
      </Text>
    </Paper>
  );
}
