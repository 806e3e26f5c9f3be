import { useId } from 'react';
import type { ReactNode, RefObject } from 'react';
import { Group, Paper, Stack, Title } from '@mantine/core';

/** A titled part of a page. */
export function Panel(props: {
  title: string;
  actions?: ReactNode;
  /** Of the title, for whoever leads the reader here; it can then take the focus. */
  headingRef?: RefObject<HTMLHeadingElement | null>;
  children: ReactNode;
}): ReactNode {
  const { headingRef } = props;
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id} withBorder p="md" bg="var(--psa-surface)">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} id={id} {...(headingRef === undefined ? {} : { ref: headingRef, tabIndex: -1 })}>
            {props.title}
          </Title>
          {props.actions}
        </Group>
        {props.children}
      </Stack>
    </Paper>
  );
}
