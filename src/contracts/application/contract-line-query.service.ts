import { Inject, Injectable } from '@nestjs/common';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { utcDay } from '../../kernel/local-date.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  CONTRACT_LINE_READER,
  type ContractLine,
  type ContractLineFilter,
  type ContractLineKey,
  type ContractLineReader,
} from '../domain/contract-line.js';
import type { MirrorScope } from '../domain/mirror-reader.js';

/** A filter whose day may be left out, for today in UTC. */
export type ContractLineRequest = Partial<ContractLineFilter>;

/** Contract lines of a connection of the caller's tenant; every method raises ConnectionNotFoundError for another's. */
@Injectable()
export class ContractLineQuery {
  constructor(
    private readonly connections: ConnectionDirectory,
    @Inject(CONTRACT_LINE_READER) private readonly reader: ContractLineReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async page(
    context: UseCaseContext,
    connectionId: string,
    request: ContractLineRequest,
    page: PageRequest,
    after: ContractLineKey | undefined,
  ): Promise<Page<ContractLine>> {
    return this.reader.page(await this.scope(context, connectionId), this.filter(request), page, after);
  }

  async all(
    context: UseCaseContext,
    connectionId: string,
    request: ContractLineRequest,
  ): Promise<{ filter: ContractLineFilter; lines: AsyncIterable<ContractLine> }> {
    const filter = this.filter(request);
    return { filter, lines: this.reader.all(await this.scope(context, connectionId), filter) };
  }

  private filter(request: ContractLineRequest): ContractLineFilter {
    return { ...request, asOf: request.asOf ?? utcDay(this.clock.now()) };
  }

  private async scope(context: UseCaseContext, connectionId: string): Promise<MirrorScope> {
    const { id, internalCurrency } = await this.connections.getScope(context, connectionId);
    return { connectionId: id, internalCurrency };
  }
}
