import { Badge } from '@mantine/core';
import type { Status } from '../../../src/client/types.ts';

const COLOURS: Record<Status['status'], string> = {
  Pending: 'gray',
  Processing: 'blue',
  Completed: 'green',
  Failed: 'red',
  Cancelled: 'orange',
};

/** Green only where all went well: nothing failed, and no row was left out. */
export function StatusBadge({ of: { status, images_failed, rows_skipped } }: { of: Status }) {
  const partly = status === 'Completed' && images_failed + rows_skipped > 0;
  return (
    <Badge
      color={partly ? 'yellow' : COLOURS[status]}
      variant="light"
      className="badge"
      tt="none"
      style={{ flex: 'none' }}
    >
      {status}
    </Badge>
  );
}

export const isActive = ({ status }: Status): boolean => status === 'Pending' || status === 'Processing';
