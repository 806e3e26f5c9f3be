import { Injectable } from '@nestjs/common';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Operation } from '../domain/operation.js';

/** Finds changes of charges that can never be made: the PSA has billed the charge meanwhile, or it is gone. */
@Injectable()
export class OvertakenCharges {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly sessions: ConnectionSessions,
  ) {}

  /** Reads the PSA only for a change of a charge that failed. @throws what reading the PSA raises */
  async isOvertaken(context: UseCaseContext, { connectionId, state, step }: Operation): Promise<boolean> {
    const replaces = step.charge?.replaces;
    if (state !== 'failed' || step.kind !== 'updateCharge' || replaces === undefined) return false;
    const connection = await this.connections.get(context, connectionId);
    if (connection.state !== 'active') return false;
    const session = await this.sessions.open(connection, 'interactive');
    try {
      const found = await session.writer?.findChargeByReference(replaces.reference);
      return found == null || found.isBilled;
    } finally {
      await session.close();
    }
  }
}
