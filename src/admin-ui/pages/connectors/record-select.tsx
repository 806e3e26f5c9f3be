import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Select, Stack, Text } from '@mantine/core';
import type { ComboboxItem, SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { QueryKey } from '@tanstack/react-query';
import type { FoundRecord } from '../../api/contracts.js';
import { useMessages } from '../../messages/messages.js';

const TYPING_PAUSE_MS = 200;

interface RecordSelectProps {
  label: string;
  placeholder: string;
  /** Under which what `find` found is kept. */
  queryKey: QueryKey;
  find: (search: string, signal: AbortSignal) => Promise<FoundRecord[]>;
  /** Null while nothing is chosen. */
  chosen: { id: string; name: string } | null;
  onChange: (chosen: { id: string; name: string } | null) => void;
}

/** One record out of many more than fit a list: the server searches while one types. */
export function RecordSelect({
  label,
  placeholder,
  queryKey,
  find,
  chosen,
  onChange,
}: RecordSelectProps): ReactNode {
  const { common } = useMessages();
  const [typed, setTyped] = useState('');
  const [wasOpened, setWasOpened] = useState(false);
  // The field shows the name of what is chosen; the list is then not narrowed down to that.
  const [search] = useDebouncedValue(typed === chosen?.name ? '' : typed.trim(), TYPING_PAUSE_MS);
  const {
    data: found,
    error,
    isPending,
  } = useQuery({
    queryKey: [...queryKey, search],
    queryFn: ({ signal }) => find(search, signal),
    placeholderData: keepPreviousData,
    enabled: wasOpened,
  });
  const notes = useMemo(() => new Map((found ?? []).map(({ id, note }) => [id, note])), [found]);
  const options = (found ?? []).map(({ id, name }) => ({ value: id, label: name }));
  // What the server found is shown as it is; what is chosen only lends its name to the field.
  const asFound: SelectProps['filter'] = (list) =>
    (list.options as ComboboxItem[]).filter(({ value }) => notes.has(value));
  const isListed = chosen === null || notes.has(chosen.id);
  const nothing = isPending ? common.loading : error === null ? common.nothingFound : common.loadFailed;
  return (
    <Select
      label={label}
      placeholder={placeholder}
      data={isListed ? options : [...options, { value: chosen.id, label: chosen.name }]}
      filter={asFound}
      value={chosen?.id ?? null}
      onChange={(id, option) => onChange(id === null ? null : { id, name: option?.label ?? id })}
      onDropdownOpen={() => setWasOpened(true)}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={nothing}
      renderOption={({ option }) => (
        <Stack gap={0}>
          <span>{option.label}</span>
          <Text size="sm" c="dimmed" span>
            {notes.get(option.value)}
          </Text>
        </Stack>
      )}
      maxDropdownHeight={280}
      autoComplete="off"
      spellCheck={false}
      clearable
      searchable
      w={{ base: '100%', sm: 300 }}
    />
  );
}
