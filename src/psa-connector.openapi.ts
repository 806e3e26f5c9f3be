import { AUDIT_OPENAPI } from './audit/http/audit.openapi.js';
import { BILLING_OPENAPI } from './billing/http/billing.openapi.js';
import { DRIFT_OPENAPI } from './billing/http/drift.openapi.js';
import { MARGIN_OPENAPI } from './billing/http/margin.openapi.js';
import { CONNECTIONS_OPENAPI } from './connections/http/connections.openapi.js';
import { MAPPING_OPENAPI } from './contracts/http/mapping.openapi.js';
import { MAPPING_TEMPLATES_OPENAPI } from './contracts/http/mapping-templates.openapi.js';
import { CONTRACT_LINES_OPENAPI } from './contracts/http/contract-lines.openapi.js';
import { MIRROR_OPENAPI } from './contracts/http/mirror.openapi.js';
import { IMPORTS_OPENAPI } from './imports/http/imports.openapi.js';
import { OVERVIEW_OPENAPI } from './overview/http/overview.openapi.js';
import { composeOpenApi, type OpenApiDocument } from './platform/http/openapi.js';
import {
  SUBSCRIPTION_SOURCE_OPENAPI,
  SUBSCRIPTION_STORE_OPENAPI,
} from './subscriptions/http/subscriptions.openapi.js';
import { SYNC_OPENAPI } from './sync/http/sync.openapi.js';

/** The whole HTTP API (see `src/docs/adr/0007-openapi-written-by-hand.md`). */
export const PSA_CONNECTOR_OPENAPI = openApiOf({ hasOwnStore: true });

/** @param hasOwnStore whether the connector keeps subscriptions itself, so that they can be written through it */
export function openApiOf({ hasOwnStore }: { hasOwnStore: boolean }): OpenApiDocument {
  return composeOpenApi([
    hasOwnStore ? SUBSCRIPTION_STORE_OPENAPI : SUBSCRIPTION_SOURCE_OPENAPI,
    CONNECTIONS_OPENAPI,
    MIRROR_OPENAPI,
    BILLING_OPENAPI,
    DRIFT_OPENAPI,
    MARGIN_OPENAPI,
    MAPPING_OPENAPI,
    MAPPING_TEMPLATES_OPENAPI,
    CONTRACT_LINES_OPENAPI,
    IMPORTS_OPENAPI,
    SYNC_OPENAPI,
    AUDIT_OPENAPI,
    OVERVIEW_OPENAPI,
  ]);
}
