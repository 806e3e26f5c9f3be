import type { DataSource } from 'typeorm';
import {
  type LedgerChange,
  type LedgerState,
  type RequestLedger,
  UNKNOWN_LEDGER_STATE,
} from '../../ports/psa/request-ledger.port.js';
import { rowsOf } from '../persistence/sql.js';

const COUNT_OWN = `
INSERT INTO request_usage AS u (instance, starts_at, own, others)
SELECT $1, starts_at, own, 0 FROM unnest($2::timestamptz[], $3::int[]) AS added (starts_at, own)
ON CONFLICT (instance, starts_at) DO UPDATE SET own = u.own + EXCLUDED.own`;

const FORGET = 'DELETE FROM request_usage WHERE instance = $1 AND starts_at < $2';

const ENSURE = `
INSERT INTO request_allowance (instance, request_limit, window_minutes, closings, rest_ms)
VALUES ($1, ${UNKNOWN_LEDGER_STATE.limit}, ${UNKNOWN_LEDGER_STATE.windowMinutes}, 0, 0) ON CONFLICT DO NOTHING`;

/** In one statement, so that of two samples taken at once only one counts. */
const SAMPLE = `
WITH accepted AS (
  UPDATE request_allowance SET sampled_at = $2, request_limit = $3, window_minutes = $4
  WHERE instance = $1 AND sampled_at IS NOT DISTINCT FROM $5 RETURNING instance
)
INSERT INTO request_usage AS u (instance, starts_at, own, others)
SELECT accepted.instance, starts_at, 0, others
FROM accepted, unnest($6::timestamptz[], $7::int[]) AS added (starts_at, others)
ON CONFLICT (instance, starts_at) DO UPDATE SET others = greatest(0, u.others + EXCLUDED.others)`;

const CLOSE = `
UPDATE request_allowance SET closed_at = $2, closed_until = $3, closings = $4 WHERE instance = $1`;

const RAISE_REST = `
UPDATE request_allowance SET rest_ms = $2, rest_raised_at = $3
WHERE instance = $1 AND (rest_raised_at IS NULL OR rest_raised_at <= $4)`;

const READ = `
SELECT a.request_limit AS "limit", a.window_minutes AS "windowMinutes", a.sampled_at AS "sampledAt", a.closed_until AS "closedUntil",
  a.closed_at AS "closedAt", a.closings, a.rest_ms AS "restMs", a.rest_raised_at AS "restRaisedAt",
  (SELECT coalesce(json_agg(json_build_object(
      'startsAt', (extract(epoch FROM u.starts_at) * 1000)::bigint, 'own', u.own, 'others', greatest(0, u.others)) ORDER BY u.starts_at), '[]')
    FROM request_usage u WHERE u.instance = a.instance) AS usage
FROM request_allowance a WHERE a.instance = $1`;

/** The count that all replicas on one Postgres share. Statements stand alone: what two replicas add at once is added up. */
export class PostgresRequestLedger implements RequestLedger {
  readonly #dataSource: DataSource;
  readonly #known = new Set<string>();

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async exchange(instance: string, change: LedgerChange, keepFrom: Date): Promise<LedgerState> {
    const { own, sample, closed, rest } = change;
    if (!this.#known.has(instance)) await this.#run(ENSURE, [instance]);
    this.#known.add(instance);
    if (own !== undefined && own.size > 0) {
      await this.#run(COUNT_OWN, [instance, dates(own), [...own.values()]]);
      await this.#run(FORGET, [instance, keepFrom]);
    }
    if (sample !== undefined) {
      const { at, limit, windowMinutes, others, knownSampledAt } = sample;
      const values = [
        instance,
        at,
        limit,
        windowMinutes,
        knownSampledAt,
        dates(others),
        [...others.values()],
      ];
      await this.#run(SAMPLE, values);
    }
    if (closed !== undefined) await this.#run(CLOSE, [instance, closed.at, closed.until, closed.closings]);
    if (rest !== undefined) await this.#run(RAISE_REST, [instance, rest.ms, rest.at, rest.sentAt]);
    const [state] = await this.#run<LedgerState>(READ, [instance]);
    return state ?? { ...UNKNOWN_LEDGER_STATE };
  }

  #run<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.#dataSource.manager, sql, values);
  }
}

function dates(bySpan: ReadonlyMap<number, number>): Date[] {
  return [...bySpan.keys()].map((startsAt) => new Date(startsAt));
}
