import { eitherSignal } from '../kernel/either-signal.js';
import type { LocalDate } from '../kernel/local-date.js';
import { PsaReferenceAmbiguousError, PsaUnexpectedAnswerError } from '../ports/psa/psa.errors.js';
import type { ContractServiceUnitRecord, PsaEntity, PsaRecords } from '../ports/psa/psa-records.js';
import type {
  ApiUsage,
  ChangeTracking,
  PackedBatch,
  PsaBatch,
  PsaSession,
  PullRequest,
  ReferencedEntity,
} from '../ports/psa/psa-session.port.js';
import type { PsaWriter } from '../ports/psa/psa-writes.js';
import type { AutotaskRetryOptions } from './autotask-options.js';
import type { AutotaskClient } from './client/autotask-client.js';
import { retryRead, retryWrite } from './client/retry.js';
import { readThreshold } from './client/threshold.js';
import type { AutotaskMetadata } from './mapping/autotask-metadata.js';
import { AutotaskWriter } from './autotask.writer.js';
import { EntityReader, valueLists } from './reading/entity-reader.js';

/**
 * Where a text of ours stands. A service is found by its name, which is unique (key `IX_service`): not every instance has `sku`
 * (Autotask REST reference, §7.1, §7.6, §7.13).
 */
const REFERENCE_FIELDS: Readonly<Record<ReferencedEntity, string>> = {
  companies: 'companyNumber',
  services: 'name',
  contracts: 'contractNumber',
};

/**
 * One run's conversation with an Autotask database: reads by id in pages of 500 and repeats what failed in passing; writes, and
 * repeats only what certainly was not carried out.
 */
export class AutotaskSession implements PsaSession {
  readonly writer: PsaWriter;
  readonly #client: AutotaskClient;
  readonly #reader: EntityReader;
  readonly #retry: AutotaskRetryOptions;
  readonly #closing = new AbortController();

  constructor(client: AutotaskClient, metadata: AutotaskMetadata, retry: AutotaskRetryOptions) {
    this.#client = client;
    this.#retry = retry;
    this.#reader = new EntityReader(
      {
        query: ({ path, body, parse, ...options }, signal) =>
          retryRead(async () => parse(await client.query(path, body, signal, options)), retry, signal),
      },
      metadata,
    );
    this.writer = new AutotaskWriter(
      {
        write: (method, path, body, signal) =>
          this.#write((during) => client.write(method, path, body, during), signal),
        query: (entity, body, signal) => this.#read((during) => client.query(entity, body, during), signal),
      },
      metadata,
    );
  }

  get apiCalls(): number {
    return this.#client.apiCalls;
  }

  async *readBatches<E extends PsaEntity>(
    entity: E,
    request: PullRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<PsaBatch<PsaRecords[E]>> {
    const batches = this.readPackedBatches(entity, request, (records) => records, signal);
    for await (const { packed, ...facts } of batches) yield { records: packed.flat(), ...facts };
  }

  readPackedBatches<E extends PsaEntity, P>(
    entity: E,
    request: PullRequest,
    pack: (records: readonly PsaRecords[E][]) => P,
    signal?: AbortSignal,
  ): AsyncGenerator<PackedBatch<P>> {
    return this.#reader.batches(entity, request, pack, this.#untilClosed(signal));
  }

  changeTracking(entity: PsaEntity): ChangeTracking {
    return this.#reader.changeTracking(entity);
  }

  canRead(entity: PsaEntity): boolean {
    return this.#reader.canRead(entity);
  }

  readUnits(
    contractServiceExternalIds: readonly string[],
    { from, to }: { from: LocalDate; to: LocalDate | null },
    signal?: AbortSignal,
  ): Promise<ContractServiceUnitRecord[]> {
    const lists = valueLists('contractServiceID', contractServiceExternalIds, [
      { op: 'gte', field: 'endDate', value: from },
      ...(to === null ? [] : [{ op: 'lte', field: 'startDate', value: to }]),
    ]);
    return this.#reader.every('contractServiceUnits', lists, this.#untilClosed(signal));
  }

  readByIds<E extends PsaEntity>(
    entity: E,
    externalIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<PsaRecords[E][]> {
    return this.#reader.every(entity, valueLists('id', externalIds), this.#untilClosed(signal));
  }

  async findByReference<E extends ReferencedEntity>(
    entity: E,
    reference: string,
    signal?: AbortSignal,
  ): Promise<PsaRecords[E] | null> {
    const condition = { op: 'eq', field: REFERENCE_FIELDS[entity], value: reference };
    const records = await this.#reader.every(entity, [[condition]], this.#untilClosed(signal));
    const found = records.filter((record) => referenceOf(record) === reference);
    if (found.length > 1) {
      const ids = found.map(({ externalId }) => externalId);
      throw new PsaReferenceAmbiguousError(entity, reference, ids);
    }
    return found[0] ?? null;
  }

  readApiUsage(signal?: AbortSignal): Promise<ApiUsage> {
    return this.#read(async (during) => {
      const usage = readThreshold(await this.#client.get('ThresholdInformation', during));
      if (usage === null) throw new PsaUnexpectedAnswerError('Autotask does not tell its request threshold.');
      return usage;
    }, signal);
  }

  /** Ends what is under way; the connections stay with the adapter. */
  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  #read<T>(read: (signal: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const either = this.#untilClosed(signal);
    return retryRead(() => read(either), this.#retry, either);
  }

  #write<T>(write: (signal: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const either = this.#untilClosed(signal);
    return retryWrite(() => write(either), this.#retry, either);
  }

  #untilClosed(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#closing.signal : eitherSignal(signal, this.#closing.signal);
  }
}

function referenceOf(record: PsaRecords[ReferencedEntity]): string | null {
  return 'number' in record ? record.number : record.name;
}
