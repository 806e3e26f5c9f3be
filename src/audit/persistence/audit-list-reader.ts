import type { DataSource } from 'typeorm';
import { encodeCursor, type Page } from '../../kernel/page.js';
import { containing } from '../../platform/persistence/sql.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import type { AuditListKey } from '../domain/audit-store.js';
import { entryMatchesText } from '../domain/audit-text.js';
import {
  type Candidates,
  candidatesOf,
  type Found,
  type ListRequest,
  NEWEST_FIRST,
  type Window,
} from './audit-candidates.js';
import { type AuditRow, fromRow } from './audit-row.js';
import { searchBlocks } from './audit-text-search.js';
import { rawRows } from './raw-rows.js';

/** Entries one page looks at when a condition has no index of its own; fewer where texts are compared, which takes longer. */
const SCAN_BUDGET = 1500;
const TEXT_SCAN_BUDGET = 300;
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
    let found = await this.scan(request, actors, newest);
    if (found.next !== null && found.entries.length < request.limit && request.filter.text !== undefined) {
      found = joined(
        found,
        await searchBlocks(this.dataSource, { ...request, before: found.next }),
        request.limit,
      );
    }
    const { entries, next } = found;
    return {
      items: entries,
      nextCursor: next === null ? null : encodeCursor([next.occurredAt, next.sequence]),
    };
  }

  /** Most pages are found in the month they begin in: then no other partition is even planned for. */
  private async scan(request: ListRequest, actors: string[] | undefined, newest: Date): Promise<Found> {
    const { filter, before } = request;
    const to = new Date(Math.max(newest.getTime(), Date.now()) + MONTH_MS);
    const begins = before === undefined ? (filter.to ?? newest) : new Date(before.occurredAt);
    const month = new Date(Date.UTC(begins.getUTCFullYear(), begins.getUTCMonth(), 1));
    const budget = filter.text === undefined ? SCAN_BUDGET : TEXT_SCAN_BUDGET;
    const look = (window: Window) => this.choose(request, candidatesOf(request, actors, window, budget));
    if (filter.from !== undefined && filter.from >= month) return look({ from: undefined, to });
    const inMonth = await look({ from: month, to });
    return inMonth.next === null ? look({ from: undefined, to }) : inMonth;
  }

  private async choose({ filter, limit }: ListRequest, candidates: Candidates): Promise<Found> {
    const { sql, rest, parameters, restParameters, budget } = candidates;
    const rows = await rawRows<AuditRow>(
      this.dataSource,
      `SELECT * FROM (SELECT * FROM (${sql}) AS c LIMIT ${budget}) AS c WHERE ${rest} ${NEWEST_FIRST} LIMIT ${limit + 1}`,
      [...parameters, ...restParameters],
    );
    const page = rows.slice(0, limit).map(fromRow);
    const { text } = filter;
    const entries = text === undefined ? page : page.filter((entry) => entryMatchesText(entry, text));
    const last = page.at(-1);
    return {
      entries,
      next: rows.length > limit && last !== undefined ? last : await this.placeAfter(candidates),
    };
  }

  /** The last candidate, when every one was looked at and there may be more. */
  private async placeAfter({ sql, parameters, budget, rest }: Candidates): Promise<AuditListKey | null> {
    if (rest === 'true') return null;
    const [row] = await rawRows<AuditRow>(
      this.dataSource,
      `SELECT * FROM (${sql}) AS c OFFSET ${budget - 1} LIMIT 1`,
      parameters,
    );
    return row === undefined ? null : fromRow(row);
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

/** What was found before and after a place, as one page. */
function joined(newer: Found, older: Found, limit: number): Found {
  const all = [...newer.entries, ...older.entries];
  const entries = all.slice(0, limit);
  return { entries, next: all.length > limit ? (entries.at(-1) ?? null) : older.next };
}
