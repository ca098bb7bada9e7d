import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { CopyButton } from '../ui/copy-button.tsx';

/** How a program uses this server, with lines that work as they stand. */
export default function GuidePage() {
  const server = window.location.origin;
  const steps = [
    {
      title: 'Upload a CSV',
      text: 'The answer holds the request_id.',
      line: `curl -F file=@products.csv ${server}/api/upload`,
    },
    {
      title: 'Check it first',
      text: 'Tells how the CSV is understood, and keeps nothing.',
      line: `curl -F file=@products.csv -F dry_run=true ${server}/api/upload`,
    },
    {
      title: 'See how far it is',
      text: 'Or follow it live: -N …/api/requests/REQUEST_ID/events.',
      line: `curl ${server}/api/status/REQUEST_ID`,
    },
    {
      title: 'Take the result home',
      text: 'The CSV that was uploaded, with one more column: Output Image Urls.',
      line: `curl -OJ ${server}/api/download/REQUEST_ID`,
    },
    {
      title: 'Be told when it is finished',
      text: 'A signed message (Standard Webhooks) goes to your address. Its deliveries are shown with the request.',
      line: `curl -F file=@products.csv -F webhook_url=https://shop.example/hook ${server}/api/upload`,
    },
  ];
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>API</Title>
        <Text c="dimmed" mt={4}>
          Everything on this page can be done by a program. Try calls in <Anchor href="/docs">Swagger UI</Anchor>, read
          them in <Anchor href="/redoc">ReDoc</Anchor>, or take the{' '}
          <Anchor href="/openapi.json">OpenAPI document</Anchor>.
        </Text>
      </div>
      {steps.map(({ title, text, line }) => (
        <Paper key={title} withBorder p="md" component="section" aria-label={title}>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Title order={2} size="h4">
                {title}
              </Title>
              <Text size="sm" c="dimmed">
                {text}
              </Text>
            </div>
            <CopyButton size="xs" text={line} label="Copy" />
          </Group>
          <pre className="command">
            <code>{line}</code>
          </pre>
        </Paper>
      ))}
    </Stack>
  );
}
