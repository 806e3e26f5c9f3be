import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { cursorKey } from '../../platform/http/page-query.dto.js';
import { translatingViolations } from '../../platform/persistence/constraint-violation.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { containing, rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type {
  BillingAccount,
  BoughtOffer,
  SourceCharge,
  Subscription,
} from '../../ports/host/subscription-source.port.js';
import { ChargeSubscriptionUnknownError, CustomerUnknownError } from '../domain/subscription.errors.js';
import type { Recording, StoreKey, SubscriptionStore } from '../domain/subscription-store.js';
import {
  CHARGE_COLUMNS,
  type ChargeRow,
  CUSTOMER_COLUMNS,
  fromChargeRow,
  fromSubscriptionRow,
  SUBSCRIPTION_COLUMNS,
  type SubscriptionRow,
  toChargeRow,
  toSubscriptionRow,
} from './subscription-rows.js';

type Table = 'customer' | 'subscription' | 'charge';

/** The connector's own store behind the `SubscriptionSource` port; hand-written SQL, keyset pages by id. */
@Injectable()
export class SubscriptionRepository implements SubscriptionStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async readBillingAccounts(
    tenantId: string,
    page: PageRequest,
    search?: string,
  ): Promise<Page<BillingAccount>> {
    const rows = await this.rows<BillingAccount>(
      `SELECT ${CUSTOMER_COLUMNS} FROM customer
       WHERE tenant_id = $1 AND ($2::text IS NULL OR id > $2)
         AND ($4::text IS NULL OR name ILIKE $4 OR domain ILIKE $4)
       ORDER BY id LIMIT $3`,
      [tenantId, idAfter(page), page.limit + 1, search === undefined ? null : containing(search)],
    );
    return pageById(rows, page);
  }

  findBillingAccounts(tenantId: string, ids: readonly string[]): Promise<BillingAccount[]> {
    return this.rows<BillingAccount>(
      `SELECT ${CUSTOMER_COLUMNS} FROM customer WHERE tenant_id = $1 AND id = ANY($2::text[]) ORDER BY id`,
      [tenantId, ids],
    );
  }

  async readSubscriptions(
    tenantId: string,
    page: PageRequest,
    customerId?: string,
  ): Promise<Page<Subscription>> {
    const rows = await this.rows<SubscriptionRow>(
      `SELECT ${SUBSCRIPTION_COLUMNS} FROM subscription
       WHERE tenant_id = $1 AND ($2::text IS NULL OR id > $2) AND ($4::text IS NULL OR customer_id = $4)
       ORDER BY id LIMIT $3`,
      [tenantId, idAfter(page), page.limit + 1, customerId ?? null],
    );
    return pageById(rows.map(fromSubscriptionRow), page);
  }

  async findSubscriptions(tenantId: string, ids: readonly string[]): Promise<Subscription[]> {
    const rows = await this.rows<SubscriptionRow>(
      `SELECT ${SUBSCRIPTION_COLUMNS} FROM subscription WHERE tenant_id = $1 AND id = ANY($2::text[]) ORDER BY id`,
      [tenantId, ids],
    );
    return rows.map(fromSubscriptionRow);
  }

  async readSubscriptionHistory(tenantId: string, ids: readonly string[]): Promise<Subscription[]> {
    const rows = await this.rows<SubscriptionRow>(
      `SELECT ${SUBSCRIPTION_COLUMNS} FROM subscription_revision WHERE tenant_id = $1 AND id = ANY($2::text[])`,
      [tenantId, ids],
    );
    return rows.map(fromSubscriptionRow);
  }

  readOffers(tenantId: string): Promise<BoughtOffer[]> {
    return this.rows<BoughtOffer>(
      `SELECT product_id AS "productId", sku_id AS "skuId", segment, term, billing_cycle AS "billingCycle",
         max(offer_name) AS name, bool_or(kind = 'azurePlan') AS "isAzurePlan"
       FROM subscription WHERE tenant_id = $1 GROUP BY product_id, sku_id, segment, term, billing_cycle`,
      [tenantId],
    );
  }

  async readCharges(
    tenantId: string,
    { from, to }: { from: LocalDate; to: LocalDate },
    page: PageRequest,
  ): Promise<Page<SourceCharge>> {
    const rows = await this.rows<ChargeRow>(
      `SELECT ${CHARGE_COLUMNS} FROM charge
       WHERE tenant_id = $1 AND service_to BETWEEN $4::date AND $5::date AND ($2::text IS NULL OR id > $2)
       ORDER BY id LIMIT $3`,
      [tenantId, idAfter(page), page.limit + 1, from, to],
    );
    return pageById(rows.map(fromChargeRow), page);
  }

  async readRevisions(
    { tenantId, id }: StoreKey,
    { limit }: PageRequest,
    before: number | undefined,
  ): Promise<Page<Subscription>> {
    const rows = await this.rows<SubscriptionRow>(
      `SELECT ${SUBSCRIPTION_COLUMNS} FROM subscription_revision
       WHERE tenant_id = $1 AND id = $2 AND ($3::integer IS NULL OR revision < $3)
       ORDER BY revision DESC LIMIT $4`,
      [tenantId, id, before ?? null, limit + 1],
    );
    return toPage(rows.map(fromSubscriptionRow), limit, ({ revision }) => [String(revision)]);
  }

  async findCharge({ tenantId, id }: StoreKey): Promise<SourceCharge | null> {
    const [row] = await this.rows<ChargeRow>(
      `SELECT ${CHARGE_COLUMNS} FROM charge WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    );
    return row === undefined ? null : fromChargeRow(row);
  }

  async lockCustomer(tx: Transaction, key: StoreKey): Promise<BillingAccount | null> {
    return (await this.lock<BillingAccount>(tx, 'customer', CUSTOMER_COLUMNS, key)) ?? null;
  }

  async lockSubscription(tx: Transaction, key: StoreKey): Promise<Subscription | null> {
    const row = await this.lock<SubscriptionRow>(tx, 'subscription', SUBSCRIPTION_COLUMNS, key);
    return row === undefined ? null : fromSubscriptionRow(row);
  }

  async lockCharge(tx: Transaction, key: StoreKey): Promise<SourceCharge | null> {
    const row = await this.lock<ChargeRow>(tx, 'charge', CHARGE_COLUMNS, key);
    return row === undefined ? null : fromChargeRow(row);
  }

  async putCustomer(tx: Transaction, customer: BillingAccount, at: Date): Promise<void> {
    const { tenantId, id, name, domain, country } = customer;
    await managerOf(tx).query(
      `INSERT INTO customer (tenant_id, id, name, domain, country, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id, id) DO UPDATE SET
         name = excluded.name, domain = excluded.domain, country = excluded.country, recorded_at = excluded.recorded_at`,
      [tenantId, id, name, domain, country, at],
    );
  }

  async putSubscription(tx: Transaction, subscription: Subscription, recording: Recording): Promise<void> {
    const row = toSubscriptionRow(subscription, recording);
    const columns = Object.keys(row);
    const values = columns.map((_, index) => `$${index + 1}`).join(', ');
    const write = managerOf(tx).query(
      `WITH kept AS (
         INSERT INTO subscription (${columns.join(', ')}) VALUES (${values})
         ON CONFLICT (tenant_id, id) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}
         RETURNING ${columns.join(', ')}
       )
       INSERT INTO subscription_revision (${columns.join(', ')}) SELECT * FROM kept`,
      Object.values(row),
    );
    await translatingViolations(write, {
      subscription_customer_fk: () => new CustomerUnknownError(subscription.customerId),
    });
  }

  async insertCharge(tx: Transaction, charge: SourceCharge, at: Date): Promise<void> {
    const row = toChargeRow(charge, at);
    const values = Object.keys(row).map((_, index) => `$${index + 1}`);
    const write = managerOf(tx).query(
      `INSERT INTO charge (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')})`,
      Object.values(row),
    );
    await translatingViolations(write, {
      charge_customer_fk: () => new CustomerUnknownError(charge.customerId),
      charge_subscription_fk: () => new ChargeSubscriptionUnknownError(charge.subscriptionId ?? ''),
    });
  }

  /** The advisory lock also holds off a second first recording of an id, where there is no row to lock. */
  private async lock<Row extends object>(
    tx: Transaction,
    table: Table,
    columns: string,
    { tenantId, id }: StoreKey,
  ): Promise<Row | undefined> {
    const manager = managerOf(tx);
    const name = JSON.stringify([table, tenantId, id]);
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
    const [row] = await rowsOf<Row>(
      manager,
      `SELECT ${columns} FROM ${table} WHERE tenant_id = $1 AND id = $2 FOR UPDATE`,
      [tenantId, id],
    );
    return row;
  }

  private rows<Row extends object>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}

/** The last id of the page before. @throws InvalidRequestError for a cursor that no page here gave */
function idAfter({ cursor }: PageRequest): string | null {
  return cursorKey(cursor, [/^[^\0]*$/])?.[0] ?? null;
}

function pageById<T extends { id: string }>(rows: T[], { limit }: PageRequest): Page<T> {
  return toPage(rows, limit, ({ id }) => [id]);
}
