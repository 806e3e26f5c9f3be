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
  PackedBatch,
  PsaBatch,
  PsaSession,
  PullRequest,
  ReferencedEntity,
  PullScope,
} from '../../../src/ports/psa/psa-session.port.js';
import { PsaRecordMalformedError } from '../../../src/ports/psa/psa.errors.js';
import { anAccessReport, anInstance } from '../builders/connection.builder.js';

/** One request for a page, as a session received it. */
export interface FakeRead {
  entity: PsaEntity;
  cursor: string | null;
  scope: PullScope;
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
  /** What it tells about changes; every edit unless told. */
  readonly tracking: Partial<Record<PsaEntity, ChangeTracking>> = {};
  /** When rows were changed, by entity and id; rows that are not named never were. */
  readonly changedAt = new Map<string, Date>();
  /** What the API user may not read, or the instance does not have. */
  readonly unreadable = new Set<PsaEntity>();
  /** Rows that cannot be read, such as `companies 4`, with the field that is wrong. */
  readonly malformed = new Map<string, string>();
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

  /** Replaces or adds a row as a person would, at an instant that a change field shows where there is one. */
  put<E extends PsaEntity>(entity: E, record: PsaRecords[E], at: Date): void {
    const rows: PsaRecords[E][] = this.records[entity];
    const index = rows.findIndex(({ externalId }) => externalId === record.externalId);
    if (index === -1) rows.push(record);
    else rows[index] = record;
    this.changedAt.set(`${entity} ${record.externalId}`, at);
  }

  remove(entity: PsaEntity, externalId: string): void {
    const rows: { externalId: string }[] = this.records[entity];
    const index = rows.findIndex((row) => row.externalId === externalId);
    if (index !== -1) rows.splice(index, 1);
  }

  /** Whether a scope shows a row. */
  shows(entity: PsaEntity, record: { externalId: string }, scope: PullScope): boolean {
    if (scope.kind === 'all') return true;
    if (scope.kind === 'ofContracts') {
      return (
        'contractExternalId' in record &&
        scope.contractExternalIds.includes(String(record.contractExternalId))
      );
    }
    if (scope.kind === 'byIds') return scope.externalIds.includes(record.externalId);
    if (scope.kind === 'ofInvoices') {
      return (
        'invoiceExternalId' in record && scope.invoiceExternalIds.includes(String(record.invoiceExternalId))
      );
    }
    const isNew = Number(record.externalId) > Number(scope.afterExternalId ?? 0);
    const isTracked = (this.tracking[entity] ?? 'edits') === 'edits';
    const changedAt = this.changedAt.get(`${entity} ${record.externalId}`);
    return isNew || (isTracked && changedAt !== undefined && changedAt >= scope.since);
  }

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
    { scope, position }: PullRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<PsaBatch<PsaRecords[E]>> {
    let cursor = position;
    do {
      const batch: PsaBatch<PsaRecords[E]> = await this.readPage({ entity, cursor, scope }, signal);
      cursor = batch.position;
      yield batch;
    } while (cursor !== null);
  }

  async *readPackedBatches<E extends PsaEntity, P>(
    entity: E,
    request: PullRequest,
    pack: (records: readonly PsaRecords[E][]) => P,
    signal?: AbortSignal,
  ): AsyncGenerator<PackedBatch<P>> {
    for await (const { records, ...facts } of this.readBatches(entity, request, signal))
      yield { packed: [pack(records)], ...facts };
  }

  private async readPage<E extends PsaEntity>(
    read: FakeRead & { entity: E },
    signal: AbortSignal | undefined,
  ): Promise<PsaBatch<PsaRecords[E]>> {
    if (!this.#isOpen) throw new Error('The session is closed');
    const { entity, cursor, scope } = read;
    this.psa.reads.push(read);
    this.apiCalls += 1;
    await this.psa.beforeRead(read, signal);
    const rest = this.psa.records[entity]
      .filter((record) => this.psa.shows(entity, record, scope))
      .filter(({ externalId }) => cursor === null || Number(externalId) > Number(cursor))
      .toSorted((a, b) => Number(a.externalId) - Number(b.externalId));
    const rows = rest.slice(0, this.psa.pageSize);
    const fieldOf = ({ externalId }: { externalId: string }) =>
      this.psa.malformed.get(`${entity} ${externalId}`);
    const records = rows.filter((row) => fieldOf(row) === undefined);
    const rejected = rows.flatMap((row) => {
      const field = fieldOf(row);
      return field === undefined
        ? []
        : [new PsaRecordMalformedError(entity, row.externalId, field, 'is missing')];
    });
    const last = rows.at(-1);
    return {
      records,
      rejected,
      pages: 1,
      position: rest.length > rows.length && last !== undefined ? last.externalId : null,
      expectedRows: null,
    };
  }

  canRead(entity: PsaEntity): boolean {
    return !this.psa.unreadable.has(entity);
  }

  changeTracking(entity: PsaEntity): ChangeTracking {
    return this.psa.tracking[entity] ?? 'edits';
  }

  readUnits(
    contractServiceExternalIds: readonly string[],
    { from, to }: { from: LocalDate; to: LocalDate | null },
  ): Promise<ContractServiceUnitRecord[]> {
    this.apiCalls += 1;
    const units = this.psa.records.contractServiceUnits.filter(
      ({ contractServiceExternalId, startsOn, endsOn }) =>
        contractServiceExternalIds.includes(contractServiceExternalId) &&
        endsOn >= from &&
        (to === null || startsOn <= to),
    );
    return Promise.resolve(units);
  }

  readByIds<E extends PsaEntity>(entity: E, externalIds: readonly string[]): Promise<PsaRecords[E][]> {
    this.apiCalls += 1;
    const records = this.psa.records[entity].filter(({ externalId }) => externalIds.includes(externalId));
    return Promise.resolve(records);
  }

  findByReference<E extends ReferencedEntity>(entity: E, reference: string): Promise<PsaRecords[E] | null> {
    this.apiCalls += 1;
    const records: readonly PsaRecords[E][] = this.psa.records[entity];
    const found = records.find((record) => ('number' in record ? record.number : record.name) === reference);
    return Promise.resolve(found ?? null);
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
