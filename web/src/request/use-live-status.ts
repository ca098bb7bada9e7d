import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { getJson } from '../api/client.ts';
import type { Status } from '../api/types.ts';
import { isActive } from '../ui/status-badge.tsx';

const POLL_MS = 2000;

export const statusKey = (id: string) => ['status', id];

/** The status of a request as it changes: by server-sent events, by asking where these do not come through. */
export function useLiveStatus(id: string) {
  const client = useQueryClient();
  const [listening, setListening] = useState(false);
  const query = useQuery({
    queryKey: statusKey(id),
    queryFn: ({ signal }) => getJson<Status>(`/api/status/${id}`, signal),
    refetchInterval: ({ state }) => (state.data && isActive(state.data) && !listening ? POLL_MS : false),
  });
  const active = query.data !== undefined && isActive(query.data);

  useEffect(() => {
    if (!active) return;
    const source = new EventSource(`/api/requests/${id}/events`);
    source.onmessage = ({ data }) => {
      setListening(true);
      const status = JSON.parse(data as string) as Status;
      client.setQueryData(statusKey(id), status);
      // Otherwise the browser would connect again when the server has said everything.
      if (!isActive(status)) source.close();
    };
    // The browser connects again by itself; asking bridges the time until then, and goes on where it gives up.
    source.onerror = () => setListening(false);
    return () => {
      source.close();
      setListening(false);
    };
  }, [active, client, id]);
  return query;
}
