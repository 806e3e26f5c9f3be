import type { ReactNode } from 'react';
import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { useMessages } from '../../messages/messages.js';

const LEVEL_NAME = 'PSA Connector API User';
const LOCATION_NAME = 'PSA Connector API Location';

function CopyableValue({ value }: { value: string }): ReactNode {
  const { common, setupGuide } = useMessages();
  return (
    <Group gap="xs">
      <Code>{value}</Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            size="compact-xs"
            variant="default"
            onClick={copy}
            aria-label={copied ? common.copied : setupGuide.copyOf(value)}
          >
            {copied ? common.copied : common.copy}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}

/** What an administrator sets up in Autotask before a connection can be added; closed until it is asked for. */
export function SetupGuide(): ReactNode {
  const { setupGuide } = useMessages();
  return (
    <details>
      <summary>{setupGuide.summary}</summary>
      <Stack gap="xs" pt="sm">
        <Text fw={600}>{setupGuide.level}</Text>
        <Text size="sm">{setupGuide.levelText}</Text>
        <CopyableValue value={LEVEL_NAME} />
        <Text size="sm">{setupGuide.levelRights}</Text>
        <Text fw={600}>{setupGuide.location}</Text>
        <Text size="sm">{setupGuide.locationText}</Text>
        <CopyableValue value={LOCATION_NAME} />
        <Text fw={600}>{setupGuide.user}</Text>
        <Text size="sm">{setupGuide.userText}</Text>
      </Stack>
    </details>
  );
}
