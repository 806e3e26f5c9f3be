import { Injectable } from '@nestjs/common';
import { isId } from '../../kernel/ids.js';
import type { RefusalRecorder, RefusedAttempt } from '../../platform/http/refusal-recorder.js';
import type { AuditOperation } from '../domain/audit-operations.js';
import { AuditTrail } from './audit-trail.service.js';
import { OwnConnections } from './own-connections.js';

/** Audits attempts that were refused at the edge; what a use case has audited itself is left alone. */
@Injectable()
export class AuditRefusalRecorder implements RefusalRecorder {
  constructor(
    private readonly trail: AuditTrail,
    private readonly connections: OwnConnections,
  ) {}

  async record({ context, operation, subjectType, parameters, error }: RefusedAttempt): Promise<void> {
    if (this.trail.hasRecorded(error, context)) return;
    // Only well-formed ids are kept, so that no free text of a path reaches the log. The id may still name nothing.
    const { id } = parameters;
    const known = id !== undefined && isId(id) ? id : null;
    // Another tenant's stays untold: whoever asks for it must not learn from his own log that it is there.
    const isOwn =
      subjectType === 'connection' &&
      known !== null &&
      (await this.connections.has(context.actor.tenantId, known));
    await this.trail.appendRefusal(
      context,
      {
        operation: operation as AuditOperation,
        subject: { type: subjectType, id: known, label: '' },
        connectionId: isOwn ? known : null,
      },
      error,
    );
  }
}
