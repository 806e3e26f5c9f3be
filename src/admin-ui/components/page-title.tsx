import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { Title } from '@mantine/core';
import { useMessages } from '../messages/messages.js';

/** The heading of a page. It takes the focus when the page opens, so that keyboard and screen reader start there. */
export function PageTitle({ children }: { children: string }): ReactNode {
  const messages = useMessages();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    document.title = `${children} · ${messages.app.name}`;
  }, [children, messages]);
  return (
    <Title order={1} ref={heading} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Title>
  );
}
