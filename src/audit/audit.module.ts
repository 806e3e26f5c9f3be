import { Global, Module } from '@nestjs/common';
import { REFUSAL_RECORDER } from '../platform/http/refusal-recorder.js';
import { AuditQuery } from './application/audit-query.service.js';
import { AuditRefusalRecorder } from './application/audit-refusal-recorder.js';
import { HostAuditLog } from './application/host-audit-log.service.js';
import { AuditTrail } from './application/audit-trail.service.js';
import { AUDIT_STORE } from './domain/audit-store.js';
import { AuditEntriesController } from './http/audit-entries.controller.js';
import { AuditEntryRepository } from './persistence/audit-entry.repository.js';

/** Global, because the guard of every controller records refusals through it. */
@Global()
@Module({
  controllers: [AuditEntriesController],
  providers: [
    AuditTrail,
    AuditQuery,
    HostAuditLog,
    { provide: AUDIT_STORE, useClass: AuditEntryRepository },
    { provide: REFUSAL_RECORDER, useClass: AuditRefusalRecorder },
  ],
  exports: [AuditTrail, HostAuditLog, REFUSAL_RECORDER],
})
export class AuditModule {}
