import type { DataSource } from 'typeorm';
import { encodeCursor, type Page } from '../../kernel/page.js';
import { containing } from '../../platform/persistence/sql.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import type { AuditFilter, AuditListKey } from '../domain/audit-store.js';
import { entryMatchesText } from '../domain/audit-text.js';
import {
  type Budgets,
  type Candidates,
  candidatesOf,
  type Found,
  type ListRequest,
  NEWEST_FIRST,
  windowsBackFrom,
} from './audit-candidates.js';
import { type AuditRow, fromRow, instantOf } from './audit-row.js';
import { hasIndexAt, searchBlocks } from './audit-text-search.js';
import { rawRows } from './raw-rows.js';

/** In the table every entry may lie on another page of it, which may have to come from the disk. */
const BUDGETS: Budgets = { index: 2000, table: 300, text: 300 };
/** Entries looked at before the text index is asked, and how many of them must have the text for the index not to be worth it. */
const TEXT_SAMPLE = 51;
const FREQUENT = 2;
/** As many actors of one name part are looked up by index. */
const MAX_ACTORS = 20;
const MONTH_MS = 31 * 24 * 3_600_000;

/** Reads pages of the list; how many entries a page looks at does not depend on the length of the log. */
export class AuditListReader {
  constructor(private readonly dataSource: DataSource) {}

  async list(request: ListRequest): Promise<Page<AuditEntry>> {
    const actors = await this.actorsLike(request);
    const newest = await this.newestTime(request.tenantId);
    if (newest === null || actors?.length === 0) return { items: [], nextCursor: null };
    const found =
      request.filter.text === undefined
        ? await this.scan(request, actors, newest)
        : await this.search(request, actors, newest);
    const { entries, next } = found;
    return {
      items: entries,
      nextCursor: next === null ? null : encodeCursor([next.occurredAt, next.sequence]),
    };
  }

  /** Where the text index reaches, a few entries tell whether the text is so frequent that going on without the index is faster. */
  private async search(request: ListRequest, actors: string[] | undefined, newest: Date): Promise<Found> {
    const isIndexed = await hasIndexAt(this.dataSource, request);
    const sample = { ...BUDGETS, text: TEXT_SAMPLE };
    const found = await this.scan(request, actors, newest, isIndexed ? sample : BUDGETS);
    const { entries, next } = found;
    if (next === null || entries.length >= request.limit) return found;
    if (isIndexed && entries.length >= FREQUENT) return this.scan(request, actors, newest);
    const older = await searchBlocks(this.dataSource, { ...request, before: next });
    return joined(found, older, request.limit);
  }

  /** Goes back by windows of time until the page is full, or as many entries were looked at as a page may look at. */
  private async scan(
    request: ListRequest,
    actors: string[] | undefined,
    newest: Date,
    budgets = BUDGETS,
  ): Promise<Found> {
    const { filter, before, limit } = request;
    const end = filter.to !== undefined && filter.to < newest ? filter.to : newest;
    const begins = before === undefined ? end : new Date(before.occurredAt);
    const latest = new Date(Math.max(newest.getTime(), Date.now()) + MONTH_MS);
    const entries: AuditEntry[] = [];
    for (const window of windowsBackFrom(begins, latest, filter.from)) {
      const wanted = limit + 1 - entries.length;
      const part = await this.choose(
        candidatesOf({ ...request, limit: wanted - 1 }, actors, window, budgets),
        wanted,
      );
      entries.push(...part.entries);
      if (entries.length > limit) break;
      if (part.next !== null) return { entries: matching(entries, filter), next: part.next };
    }
    const page = entries.slice(0, limit);
    return { entries: matching(page, filter), next: entries.length > limit ? (page.at(-1) ?? null) : null };
  }

  /** At most as many candidates as wanted; a place to go on from when there are fewer, although not all were looked at. */
  private async choose(candidates: Candidates, wanted: number): Promise<Found> {
    const { sql, entryAt, rest, parameters, restParameters, budget } = candidates;
    // The bound stands where the order does: a level between them would make the planner sort all candidates again.
    const chosen = `SELECT * FROM (${sql} LIMIT ${budget}) AS c WHERE ${rest} ${NEWEST_FIRST} LIMIT ${wanted}`;
    const rows = await rawRows<AuditRow>(
      this.dataSource,
      entryAt === null
        ? chosen
        : `SELECT e.* FROM (${chosen}) AS p CROSS JOIN LATERAL (${entryAt}) AS e
          ORDER BY e.occurred_at DESC, e.sequence DESC`,
      [...parameters, ...restParameters],
    );
    return {
      entries: rows.map(fromRow),
      next: rows.length < wanted ? await this.placeAfter(candidates) : null,
    };
  }

  /** The last candidate, when every one was looked at and there may be more. */
  private async placeAfter({ sql, parameters, budget, rest }: Candidates): Promise<AuditListKey | null> {
    if (rest === 'true') return null;
    const [row] = await rawRows<[occurredAt: string, sequence: string]>(
      this.dataSource,
      `SELECT occurred_at, sequence FROM (${sql} OFFSET ${budget - 1} LIMIT 1) AS c`,
      parameters,
    );
    return row === undefined ? null : { occurredAt: instantOf(row[0]), sequence: row[1] };
  }

  private async newestTime(tenantId: string): Promise<Date | null> {
    const sql = `SELECT COALESCE(occurred_at, 'epoch') FROM audit_chain_head WHERE tenant_id = $1`;
    const [row] = await rawRows<[string]>(this.dataSource, sql, [tenantId]);
    return row === undefined ? null : new Date(row[0]);
  }

  /** Ids of the actors a filter means; undefined when it means too many to look each up, or none is asked for. */
  private async actorsLike({ tenantId, filter: { actor } }: ListRequest): Promise<string[] | undefined> {
    if (actor === undefined) return undefined;
    const sql = `SELECT DISTINCT actor_id FROM audit_actor
      WHERE tenant_id = $1 AND (actor_id = $2 OR actor_name ILIKE $3) LIMIT ${MAX_ACTORS + 1}`;
    const rows = await rawRows<[string]>(this.dataSource, sql, [tenantId, actor, containing(actor)]);
    return rows.length > MAX_ACTORS ? undefined : rows.map(([id]) => id);
  }
}

/** The entries that pass the conditions that indexes and SQL find too much for. */
function matching(entries: AuditEntry[], filter: AuditFilter): AuditEntry[] {
  return entries.filter((entry) => matchesTexts(entry, filter));
}

function matchesTexts(entry: AuditEntry, { actor, text }: AuditFilter): boolean {
  const isActor =
    actor === undefined ||
    entry.actor.id === actor ||
    entry.actor.name.toLowerCase().includes(actor.toLowerCase());
  return isActor && (text === undefined || entryMatchesText(entry, text));
}

/** What was found before and after a place, as one page. */
function joined(newer: Found, older: Found, limit: number): Found {
  const all = [...newer.entries, ...older.entries];
  const entries = all.slice(0, limit);
  return { entries, next: all.length > limit ? (entries.at(-1) ?? null) : older.next };
}
