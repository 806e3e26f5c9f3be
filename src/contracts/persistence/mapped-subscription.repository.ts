import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type { OfferKey } from '../../ports/host/subscription-source.port.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type { MappedSubscription, MappedSubscriptionReader } from '../domain/mapped-subscription.js';

const MAPPED = `
  SELECT mapping.id AS "mappingId", mapping.connection_id AS "connectionId", mapping.tenant_id AS "tenantId",
    mapping.subscription_id AS "subscriptionId", mapping.customer_id AS "customerId",
    customer.company_external_id AS "companyExternalId",
    offer.product_id AS "productId", offer.sku_id AS "skuId", offer.segment, offer.term, offer.billing_cycle AS "billingCycle",
    offer.service_external_id AS "serviceExternalId", mapping.contract_external_id AS "contractExternalId",
    contract.name AS "contractName", contract.company_external_id AS "contractCompany",
    contract.period_type AS "periodType", contract.is_active AS "isActive",
    contract.starts_on::text AS "startsOn", contract.ends_on::text AS "endsOn"
  FROM subscription_mapping AS mapping
  JOIN customer_mapping AS customer ON customer.id = mapping.customer_mapping_id
  JOIN offer_mapping AS offer ON offer.id = mapping.offer_mapping_id
  LEFT JOIN psa_contract AS contract
    ON contract.connection_id = mapping.connection_id AND contract.external_id = mapping.contract_external_id
  WHERE mapping.archived_at IS NULL AND mapping.contract_external_id IS NOT NULL`;

export interface MappedRow extends Omit<MappedSubscription, 'offer' | 'contract'>, OfferKey {
  contractName: string | null;
  contractCompany: string;
  periodType: PeriodType;
  isActive: boolean;
  startsOn: LocalDate;
  endsOn: LocalDate;
}

@Injectable()
export class MappedSubscriptionRepository implements MappedSubscriptionReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  bySubscriptions(tenantId: string, subscriptionIds: readonly string[]): Promise<MappedSubscription[]> {
    return readMapped(
      this.dataSource.manager,
      `${MAPPED} AND mapping.tenant_id = $1 AND mapping.subscription_id = ANY($2::text[]) ORDER BY mapping.subscription_id`,
      [tenantId, subscriptionIds],
    );
  }

  byConnection(
    connectionId: string,
    afterId: string | undefined,
    limit: number,
  ): Promise<MappedSubscription[]> {
    return readMapped(
      this.dataSource.manager,
      `${MAPPED} AND mapping.connection_id = $1 AND ($2::text IS NULL OR mapping.subscription_id > $2)
       ORDER BY mapping.subscription_id LIMIT $3`,
      [connectionId, afterId ?? null, limit],
    );
  }
}

/** Those of the subscriptions that are mapped on the connection, as an open transaction sees them. */
export function mappedOnConnection(
  manager: EntityManager,
  connectionId: string,
  subscriptionIds: readonly string[],
): Promise<MappedSubscription[]> {
  const sql = `${MAPPED} AND mapping.connection_id = $1 AND mapping.subscription_id = ANY($2::text[])`;
  return readMapped(manager, sql, [connectionId, subscriptionIds]);
}

/** Those of `$1`, a connection, in the order of the bytes of their ids, whatever the database's own order is. */
export const MAPPED_IN_BYTE_ORDER = `${MAPPED} AND mapping.connection_id = $1 ORDER BY mapping.subscription_id COLLATE "C"`;

async function readMapped(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[],
): Promise<MappedSubscription[]> {
  return (await rowsOf<MappedRow>(manager, sql, parameters)).map(fromMappedRow);
}

export function fromMappedRow(row: MappedRow): MappedSubscription {
  const { productId, skuId, segment, term, billingCycle, contractName, contractCompany, ...rest } = row;
  const { periodType, isActive, startsOn, endsOn, ...mapping } = rest;
  const contract = { companyExternalId: contractCompany, periodType, isActive, startsOn, endsOn };
  return {
    ...mapping,
    offer: { productId, skuId, segment, term, billingCycle },
    contract: contractName === null ? null : { name: contractName, ...contract },
  };
}
