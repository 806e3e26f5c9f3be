import { containing } from '../../platform/persistence/sql.js';
import type { AuditFilter } from '../domain/audit-store.js';

/** Conditions that belong together, with the parameters their numbers mean. */
export class SqlConditions {
  readonly parameters: unknown[] = [];
  readonly #texts: string[] = [];

  /** @param offset how many parameters stand before these */
  constructor(private readonly offset = 0) {}

  /** @param text with `?` where the value stands; the same value may stand several times */
  add(text: string, value: unknown): this {
    this.#texts.push(text.replaceAll('?', this.bind(value)));
    return this;
  }

  /** Adds a parameter and gives its number, such as `$3`. */
  bind(value: unknown): string {
    this.parameters.push(value);
    return `$${this.offset + this.parameters.length}`;
  }

  get text(): string {
    return this.#texts.length === 0 ? 'true' : this.#texts.join(' AND ');
  }
}

/** Every condition of the filter, for reading that may take its time. */
export function addFilter(where: SqlConditions, filter: AuditFilter): SqlConditions {
  addTimes(where, filter);
  if (filter.operation !== undefined) where.add('operation = ?', filter.operation);
  if (filter.outcome !== undefined) where.add('outcome = ?', filter.outcome);
  if (filter.connectionId !== undefined) where.add('connection_id = ?', filter.connectionId);
  return addTexts(where, filter);
}

export function addTimes(where: SqlConditions, { from, to }: AuditFilter): void {
  if (from !== undefined) where.add('occurred_at >= ?', from.toISOString());
  if (to !== undefined) where.add('occurred_at < ?', to.toISOString());
}

/** The conditions that compare texts. */
export function addTexts(where: SqlConditions, { actor, text }: AuditFilter): SqlConditions {
  if (actor !== undefined) {
    const part = where.bind(containing(actor));
    where.add(`(actor_id = ? OR actor_name ILIKE ${part})`, actor);
  }
  if (text !== undefined) {
    const inJson = where.bind(containing(insideJson(text)));
    where.add(
      `(operation ILIKE ? OR subject_label ILIKE ? OR details::text ILIKE ${inJson})`,
      containing(text),
    );
  }
  return where;
}

/** A text as it stands inside a JSON string, where quotes and backslashes are escaped. */
function insideJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
