import { Inject, Injectable } from '@nestjs/common';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import type { Page } from '../../kernel/page.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { ContractNotFoundError } from '../domain/contracts.errors.js';
import type { MirroredCompany, MirroredContract, MirroredService } from '../domain/mirrored-records.js';
import {
  MIRROR_READER,
  type MirrorListKey,
  type MirrorListRequest,
  type MirrorReader,
  type MirrorScope,
} from '../domain/mirror-reader.js';

/** Mirrored records of a connection of the caller's tenant; every method raises ConnectionNotFoundError for another's. */
@Injectable()
export class MirrorQuery {
  constructor(
    private readonly connections: ConnectionDirectory,
    @Inject(MIRROR_READER) private readonly reader: MirrorReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async companies(
    context: UseCaseContext,
    connectionId: string,
    page: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredCompany>> {
    return this.reader.companies(await this.scope(context, connectionId), page, after);
  }

  async services(
    context: UseCaseContext,
    connectionId: string,
    page: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredService>> {
    return this.reader.services(await this.scope(context, connectionId), page, after);
  }

  /** Contracts with what is in force today (UTC). */
  async contracts(
    context: UseCaseContext,
    connectionId: string,
    page: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredContract>> {
    return this.reader.contracts(await this.scope(context, connectionId), this.today(), page, after);
  }

  /** @throws ContractNotFoundError */
  async contract(
    context: UseCaseContext,
    connectionId: string,
    externalId: string,
  ): Promise<MirroredContract> {
    const contract = await this.reader.contract(
      await this.scope(context, connectionId),
      this.today(),
      externalId,
    );
    if (contract === null) throw new ContractNotFoundError();
    return contract;
  }

  private today(): LocalDate {
    return utcDay(this.clock.now());
  }

  private async scope(context: UseCaseContext, connectionId: string): Promise<MirrorScope> {
    const { id, internalCurrency } = await this.connections.getScope(context, connectionId);
    return { connectionId: id, internalCurrency };
  }
}
