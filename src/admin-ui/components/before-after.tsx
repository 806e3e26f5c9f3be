import type { ReactNode } from 'react';
import { VisuallyHidden } from '@mantine/core';
import { useMessages } from '../messages/messages.js';
import { Icon } from './icons.js';

/** One value that becomes another. */
export function BeforeAfter(props: { label?: string; before: string; after: string }): ReactNode {
  const { common } = useMessages();
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: '0.3rem', alignItems: 'center' }}>
      {props.label === undefined ? null : <span>{props.label}</span>}
      <span>{props.before}</span>
      <Icon name="arrow" size={14} />
      <VisuallyHidden>{common.becomes}</VisuallyHidden>
      <span>{props.after}</span>
    </span>
  );
}
