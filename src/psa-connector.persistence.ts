import { CreateAuditLog1764000000000 } from '../migrations/1764000000000-create-audit-log.js';
import { CreateConnection1764000001000 } from '../migrations/1764000001000-create-connection.js';
import { CreateMirror1764000002000 } from '../migrations/1764000002000-create-mirror.js';
import { CreateSyncRun1764000003000 } from '../migrations/1764000003000-create-sync-run.js';
import { CreateRequestLimits1764000004000 } from '../migrations/1764000004000-create-request-limits.js';
import { ExtendMirror1764000005000 } from '../migrations/1764000005000-extend-mirror.js';
import { SyncIncrementalAndSchedule1764000006000 } from '../migrations/1764000006000-sync-incremental-and-schedule.js';
import { CreateSubscriptionStore1764000007000 } from '../migrations/1764000007000-create-subscription-store.js';
import { CreateMapping1764000007100 } from '../migrations/1764000007100-create-mapping.js';
import { AddConnectionPolicies1764000008000 } from '../migrations/1764000008000-add-connection-policies.js';
import { CreateBilling1764000008100 } from '../migrations/1764000008100-create-billing.js';
import { PartitionAuditLog1764000009000 } from '../migrations/1764000009000-partition-audit-log.js';
import { CreateAuditTextIndex1764000009100 } from '../migrations/1764000009100-create-audit-text-index.js';
import { CreateAuditCheckpoint1764000009200 } from '../migrations/1764000009200-create-audit-checkpoint.js';
import { CreateTemplateCreation1764000011000 } from '../migrations/1764000011000-create-template-creation.js';
import { CreateImport1764000012000 } from '../migrations/1764000012000-create-import.js';
import { CreateChargeLedger1764000013000 } from '../migrations/1764000013000-create-charge-ledger.js';
import { CreateMarginRule1764000013100 } from '../migrations/1764000013100-create-margin-rule.js';
import { CreateReconciliation1764000014000 } from '../migrations/1764000014000-create-reconciliation.js';
import { CreateReconciliationSnapshot1764000014100 } from '../migrations/1764000014100-create-reconciliation-snapshot.js';
import { CoverAuditFilters1764000016000 } from '../migrations/1764000016000-cover-audit-filters.js';
import { CountImportAttempts1764000018000 } from '../migrations/1764000018000-count-import-attempts.js';
import { CheckAuditHashesFast1764000020000 } from '../migrations/1764000020000-check-audit-hashes-fast.js';
import { ValidateAuditHashes1764000020100 } from '../migrations/1764000020100-validate-audit-hashes.js';
import { VersionOperations1764000021000 } from '../migrations/1764000021000-version-operations.js';
import { CompensateOnce1764000021100 } from '../migrations/1764000021100-compensate-once.js';
import { KeepLeftLines1764000023000 } from '../migrations/1764000023000-keep-left-lines.js';
import { NamePlanChanger1764000023100 } from '../migrations/1764000023100-name-plan-changer.js';
import { KeepCostCurrency1764000023200 } from '../migrations/1764000023200-keep-cost-currency.js';
import { NameRejectedRecords1764000026000 } from '../migrations/1764000026000-name-rejected-records.js';
import { CreateTouchedInvoice1764000026100 } from '../migrations/1764000026100-create-touched-invoice.js';
import { RestAfterFullFailures1764000028000 } from '../migrations/1764000028000-rest-after-full-failures.js';
import { GroupAuditTextBlocks1764000029000 } from '../migrations/1764000029000-group-audit-text-blocks.js';
import { LeaveRoomForLines1764000036000 } from '../migrations/1764000036000-leave-room-for-lines.js';
import { KnowEmptyMirrors1764000037000 } from '../migrations/1764000037000-know-empty-mirrors.js';
import { AuditEntryEntity } from './audit/persistence/audit-entry.entity.js';
import { ConnectionEntity } from './connections/persistence/connection.entity.js';
import type { DatabaseOptions } from './core/psa-connector.options.js';
import { resolveSettings } from './core/psa-connector.settings.js';
import { dataSourceOptions, type PersistenceLists } from './platform/persistence/data-source.js';
import { openMigrated } from './platform/persistence/migrate.js';
import { installJobQueue } from './platform/queue/pg-boss.job-queue.js';
import { SealedSecretEntity } from './secrets/persistence/sealed-secret.entity.js';
import { SyncRunEntity, SyncRunEntityEntity } from './sync/persistence/sync-run.entity.js';

/** Every entity and every migration, by name: nothing is found by searching folders. */
export const PERSISTENCE_LISTS: PersistenceLists = {
  entities: [AuditEntryEntity, SealedSecretEntity, ConnectionEntity, SyncRunEntity, SyncRunEntityEntity],
  migrations: [
    CreateAuditLog1764000000000,
    CreateConnection1764000001000,
    CreateMirror1764000002000,
    CreateSyncRun1764000003000,
    CreateRequestLimits1764000004000,
    ExtendMirror1764000005000,
    SyncIncrementalAndSchedule1764000006000,
    CreateSubscriptionStore1764000007000,
    CreateMapping1764000007100,
    AddConnectionPolicies1764000008000,
    CreateBilling1764000008100,
    PartitionAuditLog1764000009000,
    CreateAuditTextIndex1764000009100,
    CreateAuditCheckpoint1764000009200,
    CreateTemplateCreation1764000011000,
    CreateImport1764000012000,
    CreateChargeLedger1764000013000,
    CreateMarginRule1764000013100,
    CreateReconciliation1764000014000,
    CreateReconciliationSnapshot1764000014100,
    CoverAuditFilters1764000016000,
    CountImportAttempts1764000018000,
    CheckAuditHashesFast1764000020000,
    ValidateAuditHashes1764000020100,
    VersionOperations1764000021000,
    CompensateOnce1764000021100,
    KeepLeftLines1764000023000,
    NamePlanChanger1764000023100,
    KeepCostCurrency1764000023200,
    NameRejectedRecords1764000026000,
    CreateTouchedInvoice1764000026100,
    RestAfterFullFailures1764000028000,
    GroupAuditTextBlocks1764000029000,
    LeaveRoomForLines1764000036000,
    KnowEmptyMirrors1764000037000,
  ],
};

/**
 * Brings our two schemas in a database, tables and job queue, to this release and disconnects; for deployments that migrate before they start.
 * @throws DatabaseUnreachableError
 */
export async function migrateDatabase(database: DatabaseOptions): Promise<void> {
  const settings = resolveSettings({ database: { ...database, migrate: 'onStart' } });
  const dataSource = await openMigrated(dataSourceOptions(settings.database, PERSISTENCE_LISTS));
  await dataSource.destroy();
  await installJobQueue(settings.database);
}
