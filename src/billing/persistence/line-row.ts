import type { BillingLine } from '../domain/billing-line.js';
import { fromSubscriptionJson } from './json-codec.js';

export type LineRow = Omit<BillingLine, 'known'> & { known: object | null };

export const LINE = `id, connection_id AS "connectionId", tenant_id AS "tenantId", subscription_id AS "subscriptionId",
  contract_external_id AS "contractExternalId", service_external_id AS "serviceExternalId",
  is_mapped AS "isMapped", line_external_id AS "lineExternalId", known`;
export const STANDING = 'id, is_mapped AS "isMapped", line_external_id AS "lineExternalId"';
/** A connection may be removed by a release that leaves its lines as they are. */
export const IS_KEPT = `EXISTS (SELECT FROM connection WHERE connection.id = line.connection_id AND connection.state <> 'removed')`;
export const fromLine = (row: LineRow): BillingLine => ({
  ...row,
  known: row.known === null ? null : fromSubscriptionJson(row.known),
});
