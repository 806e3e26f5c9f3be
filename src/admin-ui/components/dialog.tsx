import type { ReactNode } from 'react';
import { Modal } from '@mantine/core';
import { useMessages } from '../messages/messages.js';

/** A modal dialog: keeps the focus inside, gives it back, closes with Escape and a labelled button. */
export function Dialog(props: {
  isOpen: boolean;
  title: string;
  size?: string;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const messages = useMessages();
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? 'md'}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': messages.common.close }}
    >
      {props.children}
    </Modal>
  );
}
