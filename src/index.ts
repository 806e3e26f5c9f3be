export { type HostAuditEvent, HostAuditLog } from './audit/application/host-audit-log.service.js';
export { AUDIT_OPERATIONS, type AuditOperation } from './audit/domain/audit-operations.js';
export {
  type AuditBody,
  type AuditEntry,
  canonicalBody,
  chainHash,
  GENESIS_HASH,
} from './audit/domain/audit-entry.js';
export type {
  HostOpenApi,
  PsaConnectorExtras,
  PsaConnectorPorts,
} from './core/psa-connector.module-definition.js';
export type {
  AutotaskConnectOptions,
  DatabaseOptions,
  HttpOptions,
  PsaConnectorModuleOptions,
  ScheduleOptions,
} from './core/psa-connector.options.js';
export type { UseCaseContext } from './core/use-case-context.js';
export { ConnectorError, type ErrorCategory } from './kernel/connector-error.js';
export { type Page, toPage } from './kernel/page.js';
export { type MoneyJson } from './kernel/money.js';
export { ConnectorController } from './platform/http/connector-controller.js';
export { InvalidRequestError } from './platform/http/http.errors.js';
export { AcceptsMediaTypes } from './platform/http/media-type.js';
export { cursorKey, PageQueryDto } from './platform/http/page-query.dto.js';
export { OpenToAnyone, RequiresPermission, RequiresSignIn } from './platform/http/permissions.guard.js';
export { ProblemDetailsFilter } from './platform/http/problem-details.filter.js';
export { AuditedAs } from './platform/http/refusal-recorder.js';
export { Caller } from './platform/http/request-context.js';
export type { SqlQuery } from './platform/persistence/transaction-runner.js';
export {
  type Actor,
  type ActorResolver,
  type ActorTier,
  type IncomingRequest,
  type Permission,
  PERMISSIONS,
} from './ports/host/actor-resolver.port.js';
export type { Clock } from './ports/host/clock.port.js';
export type { MasterKey, MasterKeyProvider } from './ports/host/master-key-provider.port.js';
export { PsaConnectorModule } from './psa-connector.module.js';
export { migrateDatabase } from './psa-connector.persistence.js';
