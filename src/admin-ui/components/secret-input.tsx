import type { ReactNode } from 'react';
import { PasswordInput } from '@mantine/core';
import type { PasswordInputProps } from '@mantine/core';
import { useMessages } from '../messages/messages.js';

/** A field for something secret; browsers are asked not to store it. */
export function SecretInput(props: PasswordInputProps): ReactNode {
  const messages = useMessages();
  return (
    <PasswordInput
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ 'aria-label': messages.common.showSecret }}
      {...props}
    />
  );
}
