import { PsaUnexpectedAnswerError } from '../ports/psa/psa.errors.js';
import type { PsaEntity, PsaRecords } from '../ports/psa/psa-records.js';
import type { ApiUsage, PsaPage, PsaSession } from '../ports/psa/psa-session.port.js';
import type { PsaWriter } from '../ports/psa/psa-writes.js';
import type { AutotaskRetryOptions } from './autotask-options.js';
import type { AutotaskClient } from './client/autotask-client.js';
import { keysetPage, keysetQuery } from './client/keyset-page.js';
import { retryRead, retryWrite } from './client/retry.js';
import { readThreshold } from './client/threshold.js';
import type { AutotaskMetadata } from './mapping/autotask-metadata.js';
import { ENTITY_READS } from './mapping/entity-reads.js';
import { AutotaskWriter } from './autotask.writer.js';

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

  async readPage<E extends PsaEntity>(
    entity: E,
    cursor: string | null,
    signal?: AbortSignal,
  ): Promise<PsaPage<PsaRecords[E]>> {
    const read = ENTITY_READS[entity];
    const absent = this.#metadata.absentFields[read.entity] ?? [];
    const query = keysetQuery(
      read.fields.filter((field) => !absent.includes(field)),
      cursor,
    );
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
