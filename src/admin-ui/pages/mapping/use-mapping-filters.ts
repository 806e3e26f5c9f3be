import { useCallback } from 'react';
import type { MappingState } from '../../api/mapping-rows.js';
import { useHashQuery } from '../../hash-location.js';
import type { MappingFilters } from './use-mapping-list.js';

const STATES: readonly string[] = ['unmapped', 'mapped', 'excluded'];

/** The filters in the address; without any, what still has to be mapped is shown. */
export function filtersFrom(query: URLSearchParams): MappingFilters {
  const state = query.get('state') ?? 'unmapped';
  return {
    state: STATES.includes(state) ? (state as MappingState) : null,
    search: query.get('search') ?? '',
  };
}

export function queryOf({ state, search }: MappingFilters): URLSearchParams {
  const query = new URLSearchParams();
  if (state !== 'unmapped') query.set('state', state ?? 'all');
  if (search !== '') query.set('search', search);
  return query;
}

export function useMappingFilters(): [MappingFilters, (filters: MappingFilters) => void] {
  const [query, replaceQuery] = useHashQuery();
  const set = useCallback((filters: MappingFilters) => replaceQuery(queryOf(filters)), [replaceQuery]);
  return [filtersFrom(query), set];
}
