import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Modal } from '@mantine/core';
import { useMessages } from '../messages/messages.js';

/** The library gives the focus back when a dialog closes, but not when one that began open is taken away. */
function useFocusBack(isOpen: boolean): void {
  const [opener] = useState(() => (isOpen ? document.activeElement : null));
  useEffect(
    () => () => {
      if (opener === null) return;
      const place = opener.isConnected ? opener : document.getElementById('content');
      if (place instanceof HTMLElement) place.focus({ preventScroll: true });
    },
    [opener],
  );
}

/** A modal dialog: keeps the focus inside, gives it back, closes with Escape and a labelled button. */
export function Dialog(props: {
  isOpen: boolean;
  title: string;
  size?: string;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const messages = useMessages();
  useFocusBack(props.isOpen);
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
