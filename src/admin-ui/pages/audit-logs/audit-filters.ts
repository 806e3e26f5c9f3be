import type { AuditQuery } from '../../api/audit-entries.js';

/** What the audit log is narrowed down to; empty text means no filter. */
export interface AuditFilters {
  operation: string;
  outcome: string;
  text: string;
  /** Id, or part of the name. */
  actor: string;
  /** Id of a connection. */
  connection: string;
  /** `YYYY-MM-DD` in the reader's zone, included. */
  from: string;
  /** `YYYY-MM-DD` in the reader's zone, included. */
  to: string;
}

const NAMES = ['operation', 'outcome', 'text', 'actor', 'connection', 'from', 'to'] as const;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export const NO_FILTERS: AuditFilters = {
  operation: '',
  outcome: '',
  text: '',
  actor: '',
  connection: '',
  from: '',
  to: '',
};

/** Reads filters from an address; what is unknown or no date is left out. */
export function filtersFromQuery(query: URLSearchParams): AuditFilters {
  const dateOf = (name: string): string => {
    const value = query.get(name) ?? '';
    return DATE.test(value) ? value : '';
  };
  const outcome = query.get('outcome') ?? '';
  return {
    operation: query.get('operation') ?? '',
    outcome: outcome === 'succeeded' || outcome === 'failed' ? outcome : '',
    text: query.get('text') ?? '',
    actor: query.get('actor') ?? '',
    connection: ID.test(query.get('connection') ?? '') ? (query.get('connection') ?? '') : '',
    from: dateOf('from'),
    to: dateOf('to'),
  };
}

/** Writes filters into an address, without the empty ones. */
export function filtersToQuery(filters: AuditFilters): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    if (filters[name] !== '') query.set(name, filters[name]);
  }
  return query;
}

export function hasFilters(filters: AuditFilters): boolean {
  return NAMES.some((name) => filters[name] !== '');
}

/** The instant a day begins in the reader's zone, `dayOffset` days later. Days are counted by the calendar: some have 23 or 25 hours. */
function startOfDay(date: string, dayOffset: number): string | undefined {
  if (date === '') return undefined;
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const instant = new Date(year, month - 1, day + dayOffset);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}

function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** What the API is asked: ranges there include `from` and exclude `to`. */
export function toAuditQuery(filters: AuditFilters): AuditQuery {
  return {
    operation: given(filters.operation),
    outcome: given(filters.outcome),
    text: given(filters.text.trim()),
    actor: given(filters.actor.trim()),
    connectionId: given(filters.connection),
    from: startOfDay(filters.from, 0),
    to: startOfDay(filters.to, 1),
  };
}
