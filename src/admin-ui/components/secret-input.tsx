import { useId } from 'react';
import type { ReactNode } from 'react';
import { PasswordInput } from '@mantine/core';
import type { PasswordInputProps } from '@mantine/core';
import { useMessages } from '../messages/messages.js';

/**
 * A field for something secret; browsers are asked not to store it. The library leaves out what ties description and error to the
 * field for a screen reader.
 */
export function SecretInput(props: PasswordInputProps): ReactNode {
  const messages = useMessages();
  const id = useId();
  const hasError = Boolean(props.error);
  const described = [
    ...(props.description === undefined ? [] : [`${id}-description`]),
    ...(hasError ? [`${id}-error`] : []),
  ];
  return (
    <PasswordInput
      id={id}
      aria-invalid={hasError ? true : undefined}
      aria-describedby={described.length === 0 ? undefined : described.join(' ')}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ 'aria-label': messages.common.showSecret }}
      {...props}
    />
  );
}
