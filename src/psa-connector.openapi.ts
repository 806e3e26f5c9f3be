import { AUDIT_OPENAPI } from './audit/http/audit.openapi.js';
import { CONNECTIONS_OPENAPI } from './connections/http/connections.openapi.js';
import { CONTRACT_LINES_OPENAPI } from './contracts/http/contract-lines.openapi.js';
import { MIRROR_OPENAPI } from './contracts/http/mirror.openapi.js';
import { OVERVIEW_OPENAPI } from './overview/http/overview.openapi.js';
import { composeOpenApi } from './platform/http/openapi.js';
import { SYNC_OPENAPI } from './sync/http/sync.openapi.js';

/** The whole HTTP API (see `src/docs/adr/0007-openapi-written-by-hand.md`). */
export const PSA_CONNECTOR_OPENAPI = composeOpenApi([
  CONNECTIONS_OPENAPI,
  MIRROR_OPENAPI,
  CONTRACT_LINES_OPENAPI,
  SYNC_OPENAPI,
  AUDIT_OPENAPI,
  OVERVIEW_OPENAPI,
]);
