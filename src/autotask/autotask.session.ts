import type { LocalDate } from '../kernel/local-date.js';
import { PsaUnexpectedAnswerError } from '../ports/psa/psa.errors.js';
import type { ContractServiceUnitRecord, PsaEntity, PsaRecords } from '../ports/psa/psa-records.js';
import type {
  ApiUsage,
  ChangeTracking,
  PsaBatch,
  PsaSession,
  PullRequest,
  PullScope,
} from '../ports/psa/psa-session.port.js';
import type { PsaWriter } from '../ports/psa/psa-writes.js';
import type { AutotaskRetryOptions } from './autotask-options.js';
import type { AutotaskClient } from './client/autotask-client.js';
import { keysetPage, keysetQuery, PAGE_SIZE } from './client/keyset-page.js';
import { retryRead, retryWrite } from './client/retry.js';
import { jsonInteger } from './client/lossless-json.js';
import { readThreshold } from './client/threshold.js';
import type { AutotaskMetadata } from './mapping/autotask-metadata.js';
import { ENTITY_READS } from './mapping/entity-reads.js';
import { AutotaskWriter } from './autotask.writer.js';

interface Page<T> {
  records: T[];
  nextCursor: string | null;
}

/**
 * One run's conversation with an Autotask database: reads by id in pages of 500 and repeats what failed in passing; writes, and
 * repeats only what certainly was not carried out.
 */
export class AutotaskSession implements PsaSession {
  readonly writer: PsaWriter;
  readonly #client: AutotaskClient;
  readonly #metadata: AutotaskMetadata;
  readonly #retry: AutotaskRetryOptions;
  readonly #closing = new AbortController();

  constructor(client: AutotaskClient, metadata: AutotaskMetadata, retry: AutotaskRetryOptions) {
    this.#client = client;
    this.#metadata = metadata;
    this.#retry = retry;
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
    { scope, position }: PullRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<PsaBatch<PsaRecords[E]>> {
    let cursor = position;
    do {
      const page = await this.#readPage(entity, cursor, scopeConditions(scope), signal);
      cursor = page.nextCursor;
      yield { records: page.records, pages: 1, position: cursor };
    } while (cursor !== null);
  }

  canRead(entity: PsaEntity): boolean {
    return !this.#metadata.unreadableEntities.includes(ENTITY_READS[entity].entity);
  }

  changeTracking(): ChangeTracking {
    return 'new rows';
  }

  async countRows(entity: PsaEntity, signal?: AbortSignal): Promise<number> {
    const path = ENTITY_READS[entity].entity;
    const filter = [{ op: 'gte', field: 'id', value: 0 }];
    const answer = await this.#read(
      (during) => this.#client.query(path, { filter }, during, 'query/count'),
      signal,
    );
    const count = answer['queryCount'];
    if (typeof count !== 'number') throw new PsaUnexpectedAnswerError(`Autotask does not count ${path}.`);
    return count;
  }

  async readUnits(
    contractServiceExternalIds: readonly string[],
    endingOnOrAfter: LocalDate,
    signal?: AbortSignal,
  ): Promise<ContractServiceUnitRecord[]> {
    const conditions = [
      idsIn('contractServiceID', contractServiceExternalIds),
      { op: 'gte', field: 'endDate', value: endingOnOrAfter },
    ];
    return this.#readEvery('contractServiceUnits', conditions, signal);
  }

  readByIds<E extends PsaEntity>(
    entity: E,
    externalIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<PsaRecords[E][]> {
    return this.#readEvery(entity, [idsIn('id', externalIds)], signal);
  }

  async #readEvery<E extends PsaEntity>(
    entity: E,
    conditions: readonly object[],
    signal: AbortSignal | undefined,
  ): Promise<PsaRecords[E][]> {
    const records: PsaRecords[E][] = [];
    let cursor: string | null = null;
    do {
      const page: Page<PsaRecords[E]> = await this.#readPage(entity, cursor, conditions, signal);
      records.push(...page.records);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return records;
  }

  async #readPage<E extends PsaEntity>(
    entity: E,
    cursor: string | null,
    conditions: readonly object[],
    signal: AbortSignal | undefined,
  ): Promise<Page<PsaRecords[E]>> {
    const read = ENTITY_READS[entity];
    const absent = this.#metadata.absentFields[read.entity] ?? [];
    const fields = read.fields.filter((field) => !absent.includes(field));
    const query = keysetQuery(fields, cursor, PAGE_SIZE, conditions);
    const page = await this.#read(
      async (during) => keysetPage(read.entity, await this.#client.query(read.entity, query, during), cursor),
      signal,
    );
    return {
      records: page.rows.map((row) => read.fromAutotask(row, this.#metadata)),
      nextCursor: page.nextCursor,
    };
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
    return signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
  }
}

function scopeConditions(scope: PullScope): object[] {
  if (scope.kind === 'all') return [];
  if (scope.kind === 'ofContracts') return [idsIn('contractID', scope.contractExternalIds)];
  return [{ op: 'gt', field: 'id', value: jsonInteger(scope.afterExternalId ?? '0') }];
}

function idsIn(field: string, externalIds: readonly string[]): object {
  return { op: 'in', field, value: externalIds.map(jsonInteger) };
}
