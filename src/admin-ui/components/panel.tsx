import { useId } from 'react';
import type { ReactNode } from 'react';
import { Group, Paper, Stack, Title } from '@mantine/core';

/** A titled part of a page. */
export function Panel(props: { title: string; actions?: ReactNode; children: ReactNode }): ReactNode {
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id} withBorder p="md" bg="var(--psa-surface)">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} id={id}>
            {props.title}
          </Title>
          {props.actions}
        </Group>
        {props.children}
      </Stack>
    </Paper>
  );
}
