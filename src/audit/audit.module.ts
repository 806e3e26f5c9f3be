import { Module } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { REFUSAL_RECORDER } from '../platform/http/refusal-recorder.js';
import { AuditCheckpoints } from './application/audit-checkpoints.service.js';
import { CheckpointStatistics } from './application/checkpoint-statistics.service.js';
import { AuditExport } from './application/audit-export.service.js';
import { AuditMaintenance } from './application/audit-maintenance.service.js';
import { AuditQuery } from './application/audit-query.service.js';
import { AuditRefusalRecorder } from './application/audit-refusal-recorder.js';
import { AuditTextIndexing } from './application/audit-text-indexing.service.js';
import { HostAuditLog } from './application/host-audit-log.service.js';
import { AuditTrail } from './application/audit-trail.service.js';
import { OwnConnections } from './application/own-connections.js';
import { AuditVerification } from './application/audit-verification.service.js';
import { AUDIT_SIGNING_KEY_PROVIDER } from '../ports/host/audit-anchor.port.js';
import { TRUSTED_CHECKPOINT_KEYS, trustedKeysOf } from './domain/audit-checkpoint.js';
import { SharedVerifications } from './application/shared-verifications.service.js';
import { AUDIT_CHAIN_READER, AUDIT_STORE } from './domain/audit-store.js';
import { AUDIT_TEXT_INDEX } from './domain/audit-text-index.js';
import { CHAIN_SEGMENT_CHECKER } from './domain/chain-segment.js';
import { CHECKPOINT_STORE } from './domain/checkpoint-store.js';
import { AuditEntriesController } from './http/audit-entries.controller.js';
import { AuditChainRepository } from './persistence/audit-chain.repository.js';
import { AuditEntryRepository } from './persistence/audit-entry.repository.js';
import { AuditTextRepository } from './persistence/audit-text.repository.js';
import { ChainSegmentRepository } from './persistence/chain-segment.repository.js';
import { CheckpointRepository } from './persistence/checkpoint.repository.js';

/** Shared within an installation, because the guard of every controller records refusals through it. */
@Module({
  controllers: [AuditEntriesController],
  providers: [
    AuditTrail,
    OwnConnections,
    AuditQuery,
    AuditVerification,
    SharedVerifications,
    AuditExport,
    AuditCheckpoints,
    CheckpointStatistics,
    AuditTextIndexing,
    AuditMaintenance,
    HostAuditLog,
    // Without its module, which would run the host's own @Cron methods once more; not exported, so that the host finds its own.
    SchedulerRegistry,
    { provide: AUDIT_STORE, useClass: AuditEntryRepository },
    { provide: AUDIT_CHAIN_READER, useClass: AuditChainRepository },
    { provide: AUDIT_TEXT_INDEX, useClass: AuditTextRepository },
    { provide: CHAIN_SEGMENT_CHECKER, useClass: ChainSegmentRepository },
    { provide: CHECKPOINT_STORE, useClass: CheckpointRepository },
    {
      provide: TRUSTED_CHECKPOINT_KEYS,
      useFactory: trustedKeysOf,
      inject: [AUDIT_SIGNING_KEY_PROVIDER],
    },
    { provide: REFUSAL_RECORDER, useClass: AuditRefusalRecorder },
  ],
  exports: [AuditTrail, OwnConnections, HostAuditLog, REFUSAL_RECORDER],
})
export class AuditModule {}
