import type { ReactNode, RefObject } from 'react';
import { Group, SegmentedControl } from '@mantine/core';
import { SearchField } from '../../components/search-field.js';
import { useMessages } from '../../messages/messages.js';
import type { MappingFilters } from './use-mapping-list.js';

/** Search and state; from the search, Enter and the arrow lead into the rows. */
export function MappingFilterBar(props: {
  filters: MappingFilters;
  onChange: (next: Partial<MappingFilters>) => void;
  onLeave: () => void;
  searchRef: RefObject<HTMLInputElement | null>;
}): ReactNode {
  const { mapping } = useMessages();
  const { filters, onChange } = props;
  return (
    <Group align="end" gap="md">
      <div style={{ flex: '1 1 16rem' }}>
        <SearchField
          label={mapping.search}
          description={mapping.searchHint}
          value={filters.search}
          fieldRef={props.searchRef}
          onChange={(search) => onChange({ search })}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
            event.preventDefault();
            props.onLeave();
          }}
        />
      </div>
      <SegmentedControl
        aria-label={mapping.show}
        value={filters.state ?? 'all'}
        onChange={(value) => onChange({ state: value === 'all' ? null : value })}
        data={[
          { value: 'unmapped', label: mapping.states.unmapped },
          { value: 'mapped', label: mapping.states.mapped },
          { value: 'excluded', label: mapping.states.excluded },
          { value: 'all', label: mapping.allStates },
        ]}
      />
    </Group>
  );
}
