import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type DataSource, In, IsNull, MoreThan } from 'typeorm';
import { currencyCode } from '../../kernel/currency.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { translatingViolations } from '../../platform/persistence/constraint-violation.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { preparedRowsOf, rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { Connection, ConnectionState } from '../domain/connection.js';
import { AliasTakenError, DuplicateConnectionError } from '../domain/connection.errors.js';
import type { ConnectionListKey, ConnectionScope, ConnectionStore } from '../domain/connection-store.js';
import { policiesFromJson, policiesToJson } from '../domain/connection-policies.js';
import { ConnectionEntity } from './connection.entity.js';

const PRESENT = { removedAt: IsNull() };

@Injectable()
export class ConnectionRepository implements ConnectionStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async insert(tx: Transaction, connection: Connection): Promise<void> {
    await translatingViolations(
      managerOf(tx).insert(ConnectionEntity, toRow(connection)),
      conflictsOf(connection),
    );
  }

  async update(tx: Transaction, connection: Connection): Promise<void> {
    const write = managerOf(tx).update(ConnectionEntity, { id: connection.id }, toRow(connection));
    await translatingViolations(write, conflictsOf(connection));
  }

  async remove(tx: Transaction, id: string, removedAt: Date): Promise<void> {
    await managerOf(tx).update(ConnectionEntity, { id }, { state: 'removed', removedAt });
  }

  async lock(tx: Transaction, id: string): Promise<Connection | null> {
    const row = await managerOf(tx).findOne(ConnectionEntity, {
      where: { id, ...PRESENT },
      lock: { mode: 'pessimistic_write' },
    });
    return row === null ? null : fromRow(row);
  }

  async find(id: string): Promise<Connection | null> {
    const row = await this.dataSource.manager.findOneBy(ConnectionEntity, { id, ...PRESENT });
    return row === null ? null : fromRow(row);
  }

  async findScope(id: string): Promise<ConnectionScope | null> {
    // Every list, and every batch of a pull, begins with it.
    const [scope] = await preparedRowsOf<ConnectionScope>(
      this.dataSource.manager,
      `SELECT id, tenant_id AS "tenantId", state, internal_currency AS "internalCurrency"
       FROM connection WHERE id = $1 AND removed_at IS NULL`,
      [id],
    );
    return scope ?? null;
  }

  isAliasTaken(tenantId: string, alias: string): Promise<boolean> {
    return this.dataSource
      .getRepository(ConnectionEntity)
      .createQueryBuilder('connection')
      .where({ tenantId, ...PRESENT })
      .andWhere('lower(connection.alias) = lower(:alias)', { alias })
      .getExists();
  }

  async list(
    tenantId: string,
    { limit }: PageRequest,
    after: ConnectionListKey | undefined,
  ): Promise<Page<Connection>> {
    const query = this.dataSource
      .getRepository(ConnectionEntity)
      .createQueryBuilder('connection')
      .where({ tenantId, ...PRESENT })
      .orderBy('connection.createdAt')
      .addOrderBy('connection.id')
      .limit(limit + 1);
    if (after !== undefined) {
      const [createdAt, id] = after;
      query.andWhere('(connection.createdAt, connection.id) > (:createdAt, :id)', { createdAt, id });
    }
    const rows = await query.getMany();
    return toPage(rows.map(fromRow), limit, ({ createdAt, id }) => [createdAt.toISOString(), id]);
  }

  async listInStates(
    states: readonly ConnectionState[],
    afterId: string | undefined,
    limit: number,
  ): Promise<Connection[]> {
    const rows = await this.dataSource.manager.find(ConnectionEntity, {
      where: {
        state: In([...states]),
        ...PRESENT,
        ...(afterId === undefined ? {} : { id: MoreThan(afterId) }),
      },
      order: { id: 'ASC' },
      take: limit,
    });
    return rows.map(fromRow);
  }

  async claimScheduledCheck(tx: Transaction, id: string, scheduledFor: Date): Promise<boolean> {
    const claimed = await rowsOf(
      managerOf(tx),
      `UPDATE connection SET check_scheduled_for = $2
       WHERE id = $1 AND removed_at IS NULL AND (check_scheduled_for IS NULL OR check_scheduled_for < $2) RETURNING id`,
      [id, scheduledFor],
    );
    return claimed.length > 0;
  }
}

function conflictsOf({ alias, currency }: Connection): Record<string, () => Error> {
  return {
    connection_alias_uq: () => new AliasTakenError(alias),
    connection_instance_currency_uq: () => new DuplicateConnectionError(currency),
  };
}

function toRow(connection: Connection): Omit<ConnectionEntity, 'removedAt' | 'checkScheduledFor'> {
  const { instance, accessReport, createdBy } = connection;
  return {
    id: connection.id,
    tenantId: connection.tenantId,
    rootTenantId: connection.rootTenantId,
    provider: connection.provider,
    alias: connection.alias,
    currency: connection.currency,
    state: connection.state,
    username: connection.username,
    instanceId: instance.id,
    zoneName: instance.zoneName,
    apiUrl: instance.apiUrl,
    webUrl: instance.webUrl,
    internalCurrency: instance.internalCurrency,
    instanceMetadata: instance.metadata,
    capabilities: accessReport.capabilities,
    accessReport,
    policies: policiesToJson(connection.policies),
    createdAt: connection.createdAt,
    createdById: createdBy.id,
    createdByName: createdBy.name,
  };
}

function fromRow(row: ConnectionEntity): Connection {
  return {
    id: row.id,
    tenantId: row.tenantId,
    rootTenantId: row.rootTenantId,
    provider: row.provider,
    alias: row.alias,
    currency: currencyCode(row.currency),
    state: row.state,
    username: row.username,
    instance: {
      id: row.instanceId,
      zoneName: row.zoneName,
      apiUrl: row.apiUrl,
      webUrl: row.webUrl,
      internalCurrency: row.internalCurrency,
      metadata: row.instanceMetadata as Record<string, unknown>,
    },
    accessReport: row.accessReport,
    policies: policiesFromJson(row.policies),
    createdAt: row.createdAt,
    createdBy: { id: row.createdById, name: row.createdByName },
  };
}
