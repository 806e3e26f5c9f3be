import { Global, Module } from '@nestjs/common';
import { REFUSAL_RECORDER } from '../platform/http/refusal-recorder.js';
import { AuditExport } from './application/audit-export.service.js';
import { AuditQuery } from './application/audit-query.service.js';
import { AuditRefusalRecorder } from './application/audit-refusal-recorder.js';
import { AuditTrail } from './application/audit-trail.service.js';
import { AuditVerification } from './application/audit-verification.service.js';
import { AUDIT_CHAIN_READER, AUDIT_STORE } from './domain/audit-store.js';
import { AuditEntriesController } from './http/audit-entries.controller.js';
import { AuditChainRepository } from './persistence/audit-chain.repository.js';
import { AuditEntryRepository } from './persistence/audit-entry.repository.js';

/** Global, because the guard of every controller records refusals through it. */
@Global()
@Module({
  controllers: [AuditEntriesController],
  providers: [
    AuditTrail,
    AuditQuery,
    AuditVerification,
    AuditExport,
    { provide: AUDIT_STORE, useClass: AuditEntryRepository },
    { provide: AUDIT_CHAIN_READER, useClass: AuditChainRepository },
    { provide: REFUSAL_RECORDER, useClass: AuditRefusalRecorder },
  ],
  exports: [AuditTrail, REFUSAL_RECORDER],
})
export class AuditModule {}
