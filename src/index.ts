export { type HostAuditEvent, HostAuditLog } from './audit/application/host-audit-log.service.js';
export {
  MasterKeyRotation,
  type RotationReport,
} from './connections/application/master-key-rotation.service.js';
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
  AdminUiOptions,
  AutotaskConnectOptions,
  DatabaseOptions,
  HttpOptions,
  PsaConnectorModuleOptions,
  ScheduleOptions,
} from './core/psa-connector.options.js';
export type { UseCaseContext } from './core/use-case-context.js';
export { type CurrencyCode, currencyCode } from './kernel/currency.js';
export { type LocalDate, localDate } from './kernel/local-date.js';
export { type Page, type PageRequest, toPage } from './kernel/page.js';
export { ConnectorError, type ErrorCategory } from './kernel/connector-error.js';
export { type Money, money, MoneyDecimal, type MoneyJson } from './kernel/money.js';
export { ConnectorController } from './platform/http/connector-controller.js';
export { InvalidRequestError } from './platform/http/http.errors.js';
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
export type {
  AuditAnchor,
  AuditCheckpoint,
  AuditSigningKey,
  AuditSigningKeyProvider,
} from './ports/host/audit-anchor.port.js';
export type { Clock } from './ports/host/clock.port.js';
export type { MasterKey, MasterKeyProvider } from './ports/host/master-key-provider.port.js';
export {
  BILLING_CYCLES,
  type BoughtOffer,
  type BillingAccount,
  type BillingCycle,
  CHARGE_KINDS,
  type ChargeKind,
  type Offer,
  type OfferKey,
  type SourceCharge,
  type Subscription,
  SUBSCRIPTION_KINDS,
  SUBSCRIPTION_STATUSES,
  type SubscriptionKind,
  type SubscriptionSource,
  type SubscriptionStatus,
  type Term,
  TERMS,
} from './ports/host/subscription-source.port.js';
export { PsaConnectorModule } from './psa-connector.module.js';
export { migrateDatabase } from './psa-connector.persistence.js';
export {
  type ReportedChange,
  type ReportedCharge,
  SubscriptionChanges,
} from './subscriptions/application/subscription-changes.service.js';
