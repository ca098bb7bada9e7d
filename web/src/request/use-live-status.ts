import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { pixmill } from '../api/pixmill.ts';
import { isActive } from '../ui/status-badge.tsx';

export const statusKey = (id: string) => ['status', id];

/** The status of a request as it changes, through restarts of the server and broken connections. */
export function useLiveStatus(id: string) {
  const client = useQueryClient();
  const query = useQuery({ queryKey: statusKey(id), queryFn: ({ signal }) => pixmill.status(id, { signal }) });
  const [lost, setLost] = useState<Error | null>(null);
  const active = query.data !== undefined && isActive(query.data);

  useEffect(() => {
    if (!active) return;
    const controller = new AbortController();
    const { signal } = controller;
    pixmill
      .wait(id, {
        signal,
        patienceSeconds: Number.POSITIVE_INFINITY,
        onProgress: (status) => {
          setLost(null);
          client.setQueryData(statusKey(id), status);
        },
        onRetry: setLost,
      })
      // Deleted elsewhere, or the key is no longer good: asking once more shows what the server says.
      .catch(() => {
        if (!signal.aborted) client.invalidateQueries({ queryKey: statusKey(id) });
      });
    return () => controller.abort();
  }, [active, client, id]);
  const { data, error, refetch } = query;
  return { data, error: error ?? lost, refetch };
}
