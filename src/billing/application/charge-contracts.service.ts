import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { utcDay } from '../../kernel/local-date.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import type { ChargeGroup } from '../domain/charge-plan.js';
import type { ContractState } from '../domain/contract-state.js';
import { problemOfMonth } from '../domain/refused-charge.js';
import { ContractReader } from './contract-reader.service.js';

export interface GroupsOnContracts {
  groups: ChargeGroup[];
  contracts: ReadonlyMap<string, ContractState>;
}

/** Finds the contracts that bear amounts of a month. */
@Injectable()
export class ChargeContracts {
  constructor(
    private readonly contracts: ContractReader,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Where the contract of now has no day in the month, the newest one before that has: the usage of a contract's last month becomes known
   * when its successor runs.
   */
  async of(
    connection: Connection,
    session: PsaSession,
    groups: readonly ChargeGroup[],
  ): Promise<GroupsOnContracts> {
    const contracts = await this.read(
      session,
      groups.map(({ line }) => line),
    );
    const isOutside = ({ line, month }: ChargeGroup) =>
      problemOfMonth(contracts.get(line.contractExternalId), month)?.code === 'billing.contract_ended';
    const outside = groups.filter(isOutside);
    if (outside.length === 0) return { groups: [...groups], contracts };
    const subscriptionIds = [...new Set(outside.map(({ line }) => line.subscriptionId))];
    const left = await this.lines.leftLinesOf(connection.id, subscriptionIds);
    for (const [id, contract] of await this.read(session, left)) contracts.set(id, contract);
    const placed = groups.map((group) => {
      if (!isOutside(group)) return group;
      const line = left.find(
        ({ subscriptionId, contractExternalId }) =>
          subscriptionId === group.line.subscriptionId &&
          problemOfMonth(contracts.get(contractExternalId), group.month) === null,
      );
      return line === undefined ? group : { ...group, line };
    });
    return { groups: placed, contracts };
  }

  private async read(
    session: PsaSession,
    lines: readonly BillingLine[],
  ): Promise<Map<string, ContractState>> {
    const ids = [...new Set(lines.map(({ contractExternalId }) => contractExternalId))];
    const contracts = await this.contracts.read(session, ids, new Set(), utcDay(this.clock.now()));
    return new Map(contracts.map((contract) => [contract.externalId, contract]));
  }
}
