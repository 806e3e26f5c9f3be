import { useCallback } from 'react';
import { notifications } from '@mantine/notifications';
import { useMessages } from '../messages/messages.js';

/** Tells the person, for some seconds, that something was done. */
export function useAnnouncement(): (text: string) => void {
  const messages = useMessages();
  return useCallback(
    (text: string) => {
      notifications.show({
        color: 'green',
        message: text,
        autoClose: 8000,
        closeButtonProps: { 'aria-label': messages.common.close },
      });
    },
    [messages],
  );
}
