import { describe, expect, it } from 'vitest';
import { filtersFromQuery, filtersToQuery, hasFilters, NO_FILTERS, toAuditQuery } from './audit-filters.js';

const FILTERS = {
  operation: 'Create Connector Connection',
  outcome: 'failed',
  text: 'größe & more',
  actor: 'Ada E',
  connection: '6e0f6c0a-51d5-4c0f-8c1c-8f1f3f0d2b44',
  from: '2026-03-28',
  to: '2026-03-29',
};

describe('audit filters in the address', () => {
  it('come back as they were written', () => {
    const address = filtersToQuery(FILTERS).toString();
    expect(filtersFromQuery(new URLSearchParams(address))).toEqual(FILTERS);
  });

  it('leave no trace when empty', () => {
    expect(filtersToQuery(NO_FILTERS).toString()).toBe('');
    expect(hasFilters(NO_FILTERS)).toBe(false);
    expect(hasFilters({ ...NO_FILTERS, to: '2026-01-01' })).toBe(true);
  });

  it('ignore what is no outcome and no date', () => {
    const query = new URLSearchParams('outcome=maybe&from=yesterday&to=2026-1-1&connection=x&other=x');
    expect(filtersFromQuery(query)).toEqual(NO_FILTERS);
  });
});

describe('toAuditQuery', () => {
  it('asks for whole days of the reader, with the end excluded', () => {
    const query = toAuditQuery(FILTERS);
    expect(query.from).toBe(new Date(2026, 2, 28).toISOString());
    expect(query.to).toBe(new Date(2026, 2, 30).toISOString());
  });

  it('leaves out what is not filtered by', () => {
    expect(Object.values(toAuditQuery(NO_FILTERS)).every((value) => value === undefined)).toBe(true);
  });
});
