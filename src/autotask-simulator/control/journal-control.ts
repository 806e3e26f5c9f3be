import type { JournalEntry, JournalFilter } from '../request-journal.js';
import { badParameter, type ControlRoute, requireKnownParameters, wholeParameter } from './control-route.js';

const FILTERS = ['method', 'entity', 'status', 'user', 'path', 'ci'];
const DEFAULT_LIMIT = 1000;

/** The request journal: entries, sums per thread bucket, and forgetting. */
export const journalRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/journal',
    handle: ({ target, query }) => {
      requireKnownParameters(query, [...FILTERS, 'limit']);
      const limit = wholeParameter(query, 'limit', DEFAULT_LIMIT);
      const entries = target.journal.entries(filterOf(query));
      return {
        status: 200,
        body: { total: entries.length, entries: limit <= 0 ? [] : entries.slice(-limit).map(describe) },
      };
    },
  },
  {
    method: 'GET',
    path: '/journal/summary',
    handle: ({ target, query }) => {
      requireKnownParameters(query, FILTERS);
      const buckets = target.journal.summary(filterOf(query));
      return {
        status: 200,
        body: { total: buckets.reduce((sum, { requests }) => sum + requests, 0), buckets },
      };
    },
  },
  {
    method: 'DELETE',
    path: '/journal',
    handle: ({ target }) => {
      target.journal.clear();
      return { status: 204 };
    },
  },
];

function filterOf(query: URLSearchParams): JournalFilter {
  const filter: JournalFilter = {};
  const [method, entity, user, status, path] = ['method', 'entity', 'user', 'status', 'path'].map((name) =>
    query.get(name),
  );
  if (typeof method === 'string') filter.method = method;
  if (typeof entity === 'string') filter.entity = entity;
  if (typeof user === 'string') filter.userName = user;
  if (typeof status === 'string')
    filter.status = status === 'none' ? null : wholeParameter(query, 'status', 0);
  if (query.has('ci')) filter.ci = wholeParameter(query, 'ci', 0);
  if (typeof path !== 'string') return filter;
  try {
    filter.path = new RegExp(path, 'i');
  } catch {
    throw badParameter('path', 'it must be a regular expression');
  }
  return filter;
}

function describe(entry: JournalEntry): unknown {
  return { ...entry, at: entry.at.toISOString() };
}
