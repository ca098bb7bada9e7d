import { Alert, Button, Stack, Text } from '@mantine/core';
import { PixmillError } from '../../../src/client/error.ts';
import { IssuesTable } from './issues-table.tsx';

/** What went wrong with a request, in the server's own words. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = error instanceof PixmillError ? error.problem : null;
  const title = problem?.title ?? (error instanceof Error ? error.message : 'Something went wrong.');
  // A single error about the file as a whole is what the detail says already.
  const errors = (problem?.errors ?? []).filter(({ message }) => message !== problem?.detail);
  return (
    <Alert color="red" variant="light" title={title} role="alert" className="problem">
      <Stack gap="sm" align="flex-start">
        {problem?.detail && <Text size="sm">{problem.detail}</Text>}
        {errors.length > 0 && (
          <IssuesTable label="What is wrong" issues={errors} total={problem?.errors_total ?? errors.length} />
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
