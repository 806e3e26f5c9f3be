import { useEffect, useState } from 'react';
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';

const TYPING_PAUSE_MS = 250;

/** A search that waits for a pause in the typing; follows its value when that changes otherwise. */
export function SearchField(props: {
  label: string;
  description?: string;
  value: string;
  onChange: (value: string) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  fieldRef?: RefObject<HTMLInputElement | null>;
}): ReactNode {
  const [typed, setTyped] = useState(props.value);
  useEffect(() => setTyped(props.value), [props.value]);
  const report = useDebouncedCallback(props.onChange, TYPING_PAUSE_MS);
  return (
    <TextInput
      {...(props.fieldRef === undefined ? {} : { ref: props.fieldRef })}
      label={props.label}
      description={props.description}
      type="search"
      maxLength={100}
      value={typed}
      autoComplete="off"
      onKeyDown={props.onKeyDown}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        report(event.currentTarget.value.trim());
      }}
    />
  );
}
