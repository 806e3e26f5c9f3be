import { useQuery } from '@tanstack/react-query';
import { getOverview } from '../../api/generated/api.js';
import type { ConnectionOverview } from '../../api/generated/api.js';
import { useApi, useCan } from '../../session.js';

/** What the start page says of a connection; undefined while it is read, and for those who may not see it. */
export function useConnectionOverview(connectionId: string): ConnectionOverview | undefined {
  const client = useApi();
  const maySee = useCan('billing:read');
  const { data } = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => getOverview(client, signal),
    enabled: maySee,
  });
  return data?.connections.find((one) => one.connectionId === connectionId);
}
