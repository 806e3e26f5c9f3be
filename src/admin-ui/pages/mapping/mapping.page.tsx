import type { ReactNode } from 'react';
import { Text } from '@mantine/core';
import type { MappingKind } from '../../api/mapping-rows.js';
import { PageTitle } from '../../components/page-title.js';
import { useMessages } from '../../messages/messages.js';
import { ConnectionFrame } from '../connectors/connection-tabs.js';
import { MappingBoard } from './mapping-board.js';

/** Customers, offers or subscriptions of one connection, and what they are mapped to. */
export function MappingPage(props: { connectionId: string; kind: MappingKind }): ReactNode {
  const { mapping } = useMessages();
  return (
    <ConnectionFrame id={props.connectionId} current={props.kind}>
      <PageTitle>{mapping.titles[props.kind]}</PageTitle>
      <Text c="dimmed">{mapping.intros[props.kind]}</Text>
      <MappingBoard connectionId={props.connectionId} kind={props.kind} />
    </ConnectionFrame>
  );
}
