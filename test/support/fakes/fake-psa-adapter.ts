import type {
  AccessCheckResult,
  CredentialField,
  OpenSessionRequest,
  PsaAdapter,
} from '../../../src/ports/psa/psa-adapter.port.js';
import type { LocalDate } from '../../../src/kernel/local-date.js';
import type { ContractServiceUnitRecord, PsaEntity, PsaRecords } from '../../../src/ports/psa/psa-records.js';
import type {
  ApiUsage,
  ChangeTracking,
  PsaBatch,
  PsaSession,
  PullRequest,
} from '../../../src/ports/psa/psa-session.port.js';
import { anAccessReport, anInstance } from '../builders/connection.builder.js';

/** One request for a page, as a session received it. */
export interface FakeRead {
  entity: PsaEntity;
  cursor: string | null;
}

type Records = { [E in PsaEntity]: PsaRecords[E][] };

/** A PSA in memory: holds records, hands them out in pages in the order of their ids, and does what a test asks of it in between. */
export class FakePsaAdapter implements PsaAdapter {
  readonly kind = 'fake';
  readonly records: Records = {
    currencies: [],
    companies: [],
    services: [],
    contracts: [],
    contractServices: [],
    contractServiceUnits: [],
    billingCodes: [],
    serviceBundles: [],
    priceListServices: [],
    contractServiceBundles: [],
    contractServiceBundleUnits: [],
    contractCharges: [],
    invoices: [],
    billingItems: [],
  };
  pageSize = 2;
  /** What the API user may not read, or the instance does not have. */
  readonly unreadable = new Set<PsaEntity>();
  /** Every page that was asked for, across sessions. */
  readonly reads: FakeRead[] = [];
  /** What sessions were opened with, and how many are open. */
  readonly opened: OpenSessionRequest[] = [];
  openSessions = 0;
  /** Called before a page is given; may wait, change the world, or throw what the PSA would cause. */
  beforeRead: (read: FakeRead, signal: AbortSignal | undefined) => void | Promise<void> = () => undefined;
  /** What the next access check finds. */
  checkResult: AccessCheckResult = {
    report: anAccessReport(),
    instance: anInstance(),
    refusal: null,
    interruption: null,
  };

  credentialFields(): CredentialField[] {
    return [{ name: 'secret', label: 'Secret', isSecret: true, isRequired: true }];
  }

  checkAccess(): Promise<AccessCheckResult> {
    return Promise.resolve(this.checkResult);
  }

  openSession(request: OpenSessionRequest): PsaSession {
    this.opened.push(request);
    this.openSessions += 1;
    return new FakePsaSession(this);
  }
}

class FakePsaSession implements PsaSession {
  apiCalls = 0;
  #isOpen = true;

  constructor(private readonly psa: FakePsaAdapter) {}

  async *readBatches<E extends PsaEntity>(
    entity: E,
    { position }: PullRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<PsaBatch<PsaRecords[E]>> {
    let cursor = position;
    do {
      const batch: PsaBatch<PsaRecords[E]> = await this.readPage(entity, cursor, signal);
      cursor = batch.position;
      yield batch;
    } while (cursor !== null);
  }

  private async readPage<E extends PsaEntity>(
    entity: E,
    cursor: string | null,
    signal: AbortSignal | undefined,
  ): Promise<PsaBatch<PsaRecords[E]>> {
    if (!this.#isOpen) throw new Error('The session is closed');
    const read = { entity, cursor };
    this.psa.reads.push(read);
    this.apiCalls += 1;
    await this.psa.beforeRead(read, signal);
    const rest = this.psa.records[entity]
      .filter(({ externalId }) => cursor === null || Number(externalId) > Number(cursor))
      .toSorted((a, b) => Number(a.externalId) - Number(b.externalId));
    const records = rest.slice(0, this.psa.pageSize);
    const last = records.at(-1);
    return {
      records,
      pages: 1,
      position: rest.length > records.length && last !== undefined ? last.externalId : null,
    };
  }

  canRead(entity: PsaEntity): boolean {
    return !this.psa.unreadable.has(entity);
  }

  changeTracking(): ChangeTracking {
    return 'edits';
  }

  countRows(entity: PsaEntity): Promise<number> {
    this.apiCalls += 1;
    return Promise.resolve(this.psa.records[entity].length);
  }

  readUnits(
    contractServiceExternalIds: readonly string[],
    endingOnOrAfter: LocalDate,
  ): Promise<ContractServiceUnitRecord[]> {
    this.apiCalls += 1;
    const units = this.psa.records.contractServiceUnits.filter(
      ({ contractServiceExternalId, endsOn }) =>
        contractServiceExternalIds.includes(contractServiceExternalId) && endsOn >= endingOnOrAfter,
    );
    return Promise.resolve(units);
  }

  readByIds<E extends PsaEntity>(entity: E, externalIds: readonly string[]): Promise<PsaRecords[E][]> {
    this.apiCalls += 1;
    const records = this.psa.records[entity].filter(({ externalId }) => externalIds.includes(externalId));
    return Promise.resolve(records);
  }

  readApiUsage(): Promise<ApiUsage> {
    return Promise.resolve({ used: this.apiCalls, limit: 10_000, windowMinutes: 60 });
  }

  close(): Promise<void> {
    if (this.#isOpen) this.psa.openSessions -= 1;
    this.#isOpen = false;
    return Promise.resolve();
  }
}
