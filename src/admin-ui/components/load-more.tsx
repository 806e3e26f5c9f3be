import type { ReactNode } from 'react';
import { Button, Group, Text } from '@mantine/core';
import { useMessages } from '../messages/messages.js';

/** The end of a list that is read page by page. */
export function LoadMore(props: {
  text: string;
  hasMore: boolean;
  isLoading: boolean;
  onMore: () => void;
}): ReactNode {
  const messages = useMessages();
  return (
    <Group justify="space-between">
      <Text c="dimmed" size="sm" role="status">
        {props.text}
      </Text>
      {props.hasMore ? (
        <Button variant="default" size="sm" loading={props.isLoading} onClick={props.onMore}>
          {messages.common.loadMore}
        </Button>
      ) : null}
    </Group>
  );
}
