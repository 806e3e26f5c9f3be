import type { ReactNode } from 'react';
import { Group, Loader, Text } from '@mantine/core';
import { useMessages } from '../messages/messages.js';

/** Shown while the first answer is awaited. */
export function Loading(): ReactNode {
  const messages = useMessages();
  return (
    <Group role="status" gap="sm" py="md">
      <Loader size="sm" aria-hidden="true" />
      <Text>{messages.common.loading}</Text>
    </Group>
  );
}
