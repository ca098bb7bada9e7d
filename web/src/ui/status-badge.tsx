import { Badge } from '@mantine/core';
import type { Status } from '../api/types.ts';

const COLOURS: Record<Status['status'], string> = {
  Pending: 'gray',
  Processing: 'blue',
  Completed: 'green',
  Failed: 'red',
  Cancelled: 'orange',
};

export function StatusBadge({ status }: { status: Status['status'] }) {
  return (
    <Badge color={COLOURS[status]} variant="light" className="badge" tt="none" style={{ flex: 'none' }}>
      {status}
    </Badge>
  );
}

export const isActive = ({ status }: Status): boolean => status === 'Pending' || status === 'Processing';
