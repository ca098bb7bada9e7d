import { Alert, Button, Text } from '@mantine/core';
import type { Status } from '../../../src/client/types.ts';
import { countOf } from '../format.ts';

/** What of the table is not in this request, and the way to it. */
export function RowsLeftOut({ status: { request_id, rows_skipped } }: { status: Status }) {
  return (
    <Alert
      color="yellow"
      variant="light"
      title={`${countOf(rows_skipped, 'row was', 'rows were')} left out`}
      className="problem"
    >
      <Text size="sm" mb="sm">
        What could not be used is neither among the images below nor in the result. Download it with the reason for each
        row, correct it and upload it again.
      </Text>
      <Button component="a" href={`/api/requests/${request_id}/errors.csv`} download variant="default" size="xs">
        Download the rows that were left out
      </Button>
    </Alert>
  );
}
