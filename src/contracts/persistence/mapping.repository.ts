import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { translatingViolations } from '../../platform/persistence/constraint-violation.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { MappedSubscription } from '../domain/mapped-subscription.js';
import type {
  MappingKeys,
  MappingKind,
  MappingScope,
  MappingState,
  StoredMapping,
} from '../domain/mapping.js';
import { type MappingRefusalReason, MappingRefusedError } from '../domain/mapping.errors.js';
import type { NamedMapping } from '../domain/mapping-rows.js';
import type { MappingChangeStamp, MappingStore } from '../domain/mapping-store.js';
import { mappedOnConnection } from './mapped-subscription.repository.js';
import { MAPPING_TABLES, type MappingTable } from './mapping-tables.js';

/** What a broken constraint means, by its name; writers hold the tree's lock, so this is the last line of defence. */
const CONSTRAINTS: Readonly<Record<string, [MappingRefusalReason, string]>> = {
  customer_mapping_company_uq: ['company_taken', 'Another customer is mapped to this company.'],
  customer_mapping_customer_uq: ['company_taken', 'This customer was mapped by somebody else just now.'],
  offer_mapping_service_uq: ['service_taken', 'Another offer is mapped to this service.'],
  offer_mapping_offer_uq: ['offer_taken', 'This offer was mapped by somebody else just now.'],
  subscription_mapping_subscription_uq: [
    'subscription_taken',
    'The subscription is mapped on another connection.',
  ],
  subscription_mapping_row_uq: [
    'subscription_taken',
    'This subscription was mapped by somebody else just now.',
  ],
  subscription_mapping_customer_fk: ['in_use', 'Mapped subscriptions rest on this mapping.'],
  subscription_mapping_offer_fk: ['in_use', 'Mapped subscriptions rest on this mapping.'],
};

const CONFLICTS: Readonly<Record<string, () => Error>> = Object.fromEntries(
  Object.entries(CONSTRAINTS).map(([name, [reason, detail]]) => [
    name,
    () => new MappingRefusedError(reason, detail),
  ]),
);

type Row = Record<string, string> & { id: string; target: string | null; reason: string | null };

@Injectable()
export class MappingRepository implements MappingStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async lockTree(tx: Transaction, rootTenantId: string): Promise<void> {
    const name = JSON.stringify(['mapping', rootTenantId]);
    await managerOf(tx).query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
  }

  find<K extends MappingKind>(
    kind: K,
    connectionId: string,
    keys: readonly MappingKeys[K][],
    tx?: Transaction,
  ): Promise<NamedMapping<MappingKeys[K]>[]> {
    const table = MAPPING_TABLES[kind];
    const columns = table.keyColumns.map((_, index) => keys.map((key) => table.keyValues(key)[index]));
    const arrays = columns.map((_, index) => `$${index + 2}::text[]`).join(', ');
    // One column is looked up in its index; several have to be joined.
    const where =
      columns.length === 1
        ? `${qualified(table)} = ANY(${arrays})`
        : `(${qualified(table)}) IN (SELECT * FROM unnest(${arrays}))`;
    return this.select(table, where, [connectionId, ...columns], tx);
  }

  async findById<K extends MappingKind>(
    kind: K,
    connectionId: string,
    id: string,
    tx: Transaction,
  ): Promise<StoredMapping<MappingKeys[K]> | null> {
    const [found] = await this.select(MAPPING_TABLES[kind], 'mapping.id = $2', [connectionId, id], tx);
    return found ?? null;
  }

  findByTargets<K extends MappingKind>(
    kind: K,
    connectionId: string,
    targetIds: readonly string[],
    tx: Transaction,
  ): Promise<StoredMapping<MappingKeys[K]>[]> {
    const table = MAPPING_TABLES[kind];
    return this.select(table, `mapping.${table.target} = ANY($2::text[])`, [connectionId, targetIds], tx);
  }

  list<K extends MappingKind>(
    kind: K,
    connectionId: string,
    state: Exclude<MappingState, 'unmapped'>,
    after: readonly string[] | undefined,
    limit: number,
  ): Promise<NamedMapping<MappingKeys[K]>[]> {
    const table = MAPPING_TABLES[kind];
    const parameters: unknown[] = [connectionId, limit, ...(after ?? [])];
    const from = (after ?? []).map((_, index) => `$${index + 3}::text`).join(', ');
    const where = [
      `mapping.${table.target} IS ${state === 'mapped' ? 'NOT NULL' : 'NULL'}`,
      ...(after === undefined ? [] : [`(${qualified(table)}) > (${from})`]),
    ].join(' AND ');
    return this.select(table, `${where} ORDER BY ${qualified(table)} LIMIT $2`, parameters);
  }

  async countDependents(
    tx: Transaction,
    kind: 'customer' | 'offer',
    mappingIds: readonly string[],
  ): Promise<Map<string, number>> {
    const rows = await rowsOf<{ id: string; count: number }>(
      managerOf(tx),
      `SELECT ${kind}_mapping_id AS id, count(*)::integer AS count FROM subscription_mapping
       WHERE archived_at IS NULL AND ${kind}_mapping_id = ANY($1::uuid[]) GROUP BY 1`,
      [mappingIds],
    );
    return new Map(rows.map(({ id, count }) => [id, count]));
  }

  async takenElsewhere(
    tx: Transaction,
    { rootTenantId, connectionId }: MappingScope,
    subscriptionIds: readonly string[],
  ): Promise<Set<string>> {
    const rows = await rowsOf<{ id: string }>(
      managerOf(tx),
      `SELECT subscription_id AS id FROM subscription_mapping
       WHERE archived_at IS NULL AND contract_external_id IS NOT NULL
         AND root_tenant_id = $1 AND connection_id <> $2 AND subscription_id = ANY($3::text[])`,
      [rootTenantId, connectionId, subscriptionIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  bound(
    tx: Transaction,
    connectionId: string,
    subscriptionIds: readonly string[],
  ): Promise<MappedSubscription[]> {
    return mappedOnConnection(managerOf(tx), connectionId, subscriptionIds);
  }

  async save<K extends MappingKind>(
    tx: Transaction,
    kind: K,
    { connectionId, tenantId }: MappingScope,
    mappings: readonly StoredMapping<MappingKeys[K]>[],
    { at, by }: MappingChangeStamp,
  ): Promise<void> {
    const table = MAPPING_TABLES[kind];
    const columns: [string, string, (string | null)[]][] = [
      ['id', 'uuid', mappings.map(({ id }) => id)],
      [table.target, 'text', mappings.map(({ targetId }) => targetId)],
      ['excluded_reason', 'text', mappings.map(({ excludedReason }) => excludedReason)],
      ...table.keyColumns.map((name, index): [string, string, (string | null)[]] => [
        name,
        'text',
        mappings.map(({ key }) => table.keyValues(key)[index] ?? null),
      ]),
      ...table.extraColumns.map(({ name, type }): [string, string, (string | null)[]] => [
        name,
        type,
        mappings.map(({ extras }) => extras[name] ?? null),
      ]),
    ];
    const names = columns.map(([name]) => name);
    const arrays = columns.map(([, type], index) => `$${index + 6}::${type}[]`).join(', ');
    const changed = [...names.slice(1), 'changed_at', 'changed_by_id', 'changed_by_name'];
    const write = managerOf(tx).query(
      `INSERT INTO ${table.name} (connection_id, tenant_id, changed_at, changed_by_id, changed_by_name, ${names.join(', ')})
       SELECT $1::uuid, $2::text, $3::timestamptz, $4::text, $5::text, given.* FROM unnest(${arrays}) AS given
       ON CONFLICT (id) DO UPDATE SET ${changed.map((name) => `${name} = excluded.${name}`).join(', ')}`,
      [connectionId, tenantId, at, by.id, by.name, ...columns.map(([, , values]) => values)],
    );
    await translatingViolations(write, CONFLICTS);
  }

  async remove(tx: Transaction, kind: MappingKind, id: string): Promise<void> {
    const { name } = MAPPING_TABLES[kind];
    await translatingViolations(managerOf(tx).query(`DELETE FROM ${name} WHERE id = $1`, [id]), CONFLICTS);
  }

  async archive(tx: Transaction, connectionId: string, at: Date): Promise<Record<MappingKind, number>> {
    const archived = async (kind: MappingKind): Promise<number> => {
      const rows = await rowsOf(
        managerOf(tx),
        `UPDATE ${MAPPING_TABLES[kind].name} SET archived_at = $2 WHERE connection_id = $1 AND archived_at IS NULL RETURNING id`,
        [connectionId, at],
      );
      return rows.length;
    };
    return {
      subscription: await archived('subscription'),
      offer: await archived('offer'),
      customer: await archived('customer'),
    };
  }

  private async select<Key>(
    table: MappingTable<Key>,
    where: string,
    parameters: unknown[],
    tx?: Transaction,
  ): Promise<NamedMapping<Key>[]> {
    const manager: EntityManager = tx === undefined ? this.dataSource.manager : managerOf(tx);
    const extras = table.extraColumns.map(({ name }) => name);
    const columns = [...table.keyColumns, ...extras].map((name) => `mapping.${name}`).join(', ');
    const rows = await rowsOf<Row>(
      manager,
      `SELECT mapping.id, ${columns}, mapping.${table.target} AS target, mapping.excluded_reason AS reason,
         mirrored.name AS "targetName"
       FROM ${table.name} AS mapping
       LEFT JOIN ${table.mirror} AS mirrored
         ON mirrored.connection_id = mapping.connection_id AND mirrored.external_id = mapping.${table.target}
       WHERE mapping.connection_id = $1 AND mapping.archived_at IS NULL AND ${where}`,
      parameters,
    );
    return rows.map((row) => ({
      id: row.id,
      key: table.toKey(row),
      targetId: row.target,
      excludedReason: row.reason,
      extras: Object.fromEntries(extras.map((name) => [name, row[name] ?? null])),
      targetName: row['targetName'] ?? null,
    }));
  }
}

function qualified({ keyColumns }: Pick<MappingTable<never>, 'keyColumns'>): string {
  return keyColumns.map((name) => `mapping.${name}`).join(', ');
}
