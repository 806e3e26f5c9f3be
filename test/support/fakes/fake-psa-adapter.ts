import type {
  AccessCheckResult,
  CredentialField,
  OpenSessionRequest,
  PsaAdapter,
} from '../../../src/ports/psa/psa-adapter.port.js';
import type { PsaEntity, PsaRecords } from '../../../src/ports/psa/psa-records.js';
import type { ApiUsage, PsaPage, PsaSession } from '../../../src/ports/psa/psa-session.port.js';
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
  };
  pageSize = 2;
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

  async readPage<E extends PsaEntity>(
    entity: E,
    cursor: string | null,
    signal?: AbortSignal,
  ): Promise<PsaPage<PsaRecords[E]>> {
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
      nextCursor: rest.length > records.length && last !== undefined ? last.externalId : null,
    };
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
