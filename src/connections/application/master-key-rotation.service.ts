import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { systemContext, type UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { type Rewrapping, SecretVault } from '../../secrets/application/secret-vault.service.js';
import { SecretUnreadableError } from '../../secrets/domain/envelope.js';
import type { Connection } from '../domain/connection.js';
import { CONNECTION_STORE, type ConnectionStore } from '../domain/connection-store.js';

/** What a rotation did. */
export interface RotationReport {
  /** Id of the key that everything should be wrapped with now. */
  masterKeyId: string;
  /** Connections whose credentials this run moved. */
  moved: number;
  /** Connections whose credentials could not be read: their master key is missing, or they were damaged. */
  unreadable: { connectionId: string; detail: string }[];
  /** Further credentials that are still under an earlier key, although the run tried them; 0 shows that no readable one needs it. */
  left: number;
}

const PAGE = 200;

/**
 * Brings the credentials of all connections under the current master key. Each connection is a transaction of its own with its audit
 * entry, so a run that is ended at any moment has moved some and left the others readable, and the next run goes on.
 */
@Injectable()
export class MasterKeyRotation {
  constructor(
    private readonly vault: SecretVault,
    @Inject(CONNECTION_STORE) private readonly store: ConnectionStore,
    private readonly trail: AuditTrail,
    private readonly transactions: TransactionRunner,
  ) {}

  /**
   * Goes over everything until nothing but the unreadable is left: a process that has the earlier key still may store new credentials under
   * it behind the place where a pass is.
   * @param signal ends the run early, with the signal's reason
   */
  async run(signal?: AbortSignal): Promise<RotationReport> {
    const masterKeyId = await this.vault.currentKeyId();
    const report: RotationReport = { masterKeyId, moved: 0, unreadable: [], left: 0 };
    for (;;) {
      const settled = report.moved + report.unreadable.length;
      report.left = await this.pass(report, signal);
      if (report.left === 0 || report.moved + report.unreadable.length === settled) return report;
    }
  }

  /** @returns how many it tried; the unreadable of earlier passes are left alone */
  private async pass(report: RotationReport, signal: AbortSignal | undefined): Promise<number> {
    const unreadable = new Set(report.unreadable.map(({ connectionId }) => connectionId));
    let tried = 0;
    let after: string | undefined;
    for (;;) {
      const owners = await this.vault.ownersToRewrap(after, PAGE);
      for (const connectionId of owners) {
        signal?.throwIfAborted();
        if (unreadable.has(connectionId)) continue;
        await this.move(connectionId, report);
        tried += 1;
      }
      if (owners.length < PAGE) return tried;
      after = owners.at(-1);
    }
  }

  private async move(connectionId: string, report: RotationReport): Promise<void> {
    const connection = await this.store.find(connectionId);
    // The credentials of a connection are destroyed with it, so this one was removed a moment ago.
    if (connection === null) return;
    const context = systemContext(connection.tenantId, newId());
    try {
      const rewrapping = await this.vault.rewrap(connectionId);
      if (rewrapping !== null && (await this.save(context, connection, rewrapping))) report.moved += 1;
    } catch (error) {
      if (!(error instanceof SecretUnreadableError)) throw error;
      await this.trail.appendRefusal(context, eventOf(connection, {}), error);
      report.unreadable.push({ connectionId, detail: error.detail });
    }
  }

  private save(context: UseCaseContext, connection: Connection, rewrapping: Rewrapping): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      // New credentials that came in meanwhile are under the current key already.
      if (!(await this.vault.putRewrapped(tx, connection.id, rewrapping))) return false;
      const { before, after } = rewrapping;
      const details = { masterKeyId: { before: before.masterKeyId, after: after.masterKeyId } };
      await this.trail.append(tx, context, eventOf(connection, details));
      return true;
    });
  }
}

function eventOf({ id, alias }: Connection, details: Record<string, { before: string; after: string }>) {
  return {
    operation: AUDIT_OPERATIONS.rotateMasterKey,
    subject: { type: 'connection', id, label: alias },
    connectionId: id,
    details,
  };
}
