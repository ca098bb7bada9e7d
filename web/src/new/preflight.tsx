import { Alert, Badge, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Checked } from '../../../src/client/types.ts';
import { count, countOf } from '../format.ts';
import { IssuesTable } from '../ui/issues-table.tsx';
import { Understood } from './understood.tsx';

interface PreflightProps {
  file: File;
  answer: Checked;
  onStart(skipBadRows: boolean): void;
  onOther(): void;
}

/** What would happen with the CSV, before anything does. */
export function Preflight({ file, answer, onStart, onOther }: PreflightProps) {
  const { products_total, images_total, errors_total, warnings_total, report } = answer;
  const bad = errors_total > 0;
  const them = errors_total === 1 ? 'it' : 'them';
  const duplicates = images_total - (report?.different_images ?? images_total);
  return (
    <Paper withBorder p="lg" component="section" aria-label="Check of the CSV">
      <Stack gap="lg">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2} size="h3" className="wrap-anywhere">
              {file.name}
            </Title>
            <Text c="dimmed" size="sm">
              {bad ? `${products_total > 0 ? 'Some rows' : 'The rows'} cannot be used.` : 'Everything can be read.'}{' '}
              Nothing has started yet.
            </Text>
          </div>
          <Group gap="xs">
            <Button variant="default" onClick={onOther}>
              Another file
            </Button>
            {bad ? (
              <Button onClick={() => onStart(true)} disabled={products_total === 0}>
                Start without the bad rows
              </Button>
            ) : (
              <Button onClick={() => onStart(false)}>Start</Button>
            )}
          </Group>
        </Group>

        <SimpleGrid cols={{ base: 2, sm: 4 }} component="dl" className="figures">
          <Figure name="Products" value={count(products_total)} />
          <Figure
            name="Images"
            value={count(images_total)}
            note={duplicates > 0 ? `${countOf(duplicates, 'duplicate')}, fetched once` : 'all different'}
          />
          <Figure name="Hosts" value={count(report?.hosts_total ?? 0)} />
          <Figure name="Problems" value={count(errors_total)} />
        </SimpleGrid>

        {bad && (
          <Alert
            color="red"
            variant="light"
            title={`${countOf(errors_total, 'row')} cannot be used`}
            className="problem"
          >
            <Text size="sm" mb="xs">
              Correct {them} in the file and drop it again
              {products_total > 0 &&
                `, or start without ${them}: ${countOf(errors_total, 'row is', 'rows are')} then left out, and only ${countOf(products_total, 'product is', 'products are')} worked on`}
              .
            </Text>
            <IssuesTable label="Bad rows" issues={answer.errors} total={errors_total} />
          </Alert>
        )}
        {warnings_total > 0 && (
          <Alert color="yellow" variant="light" title={countOf(warnings_total, 'warning')} className="problem">
            <IssuesTable label="Warnings" issues={answer.warnings} total={warnings_total} />
          </Alert>
        )}
        {report && report.hosts.length > 0 && (
          <Group gap="xs">
            <Text size="sm" fw={600}>
              Images come from
            </Text>
            {report.hosts.slice(0, 6).map(({ host, images }) => (
              <Badge key={host} variant="default" tt="none" fw={500} maw="100%">
                {host} · {count(images)}
              </Badge>
            ))}
            {report.hosts_total > 6 && <Text size="sm">and {count(report.hosts_total - 6)} more</Text>}
          </Group>
        )}
        {report && <Understood report={report} />}
      </Stack>
    </Paper>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" fz={26} fw={650} lh={1.2} m={0}>
        {value}
        {note && (
          <Text span display="block" size="xs" c="dimmed" fw={400}>
            {note}
          </Text>
        )}
      </Text>
    </div>
  );
}
