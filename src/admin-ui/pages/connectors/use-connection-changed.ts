import { useQueryClient } from '@tanstack/react-query';
import type { Connection } from '../../api/connections.js';
import { useAnnouncement } from '../../components/use-announcement.js';

/** Puts a changed connection into what the pages show. */
export function useConnectionChanged(): (connection: Connection, text: string) => void {
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  return (connection, text) => {
    queryClient.setQueryData(['connection', connection.id], connection);
    void queryClient.invalidateQueries({ queryKey: ['connections'] });
    announce(text);
  };
}
