import { PsaRecordMalformedError, PsaUnexpectedAnswerError } from '../../ports/psa/psa.errors.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import type {
  ChangeTracking,
  PackedBatch,
  PullRequest,
  PullScope,
  WalkStorage,
} from '../../ports/psa/psa-session.port.js';
import type { OnBody } from '../client/autotask-client.js';
import type { JsonObject } from '../client/failure-table.js';
import {
  ALL_IDS,
  boundedFilter,
  glimpseLastId,
  type IdBounds,
  idOf,
  type KeysetPage,
  keysetPage,
  keysetQuery,
} from '../client/keyset-page.js';
import { jsonInteger } from '../client/lossless-json.js';
import type { AutotaskMetadata } from '../mapping/autotask-metadata.js';
import { ENTITY_READS } from '../mapping/entity-reads.js';
import { changeConditions, changesShown } from './change-fields.js';
import { type OpenIds, positionText, readPosition } from './pull-position.js';
import { RangePlan } from './range-plan.js';
import { type PackedRows, type PageSource, RangeReader, type ReadBatch } from './range-reader.js';

/**
 * One more than the concurrent requests the vendor allows per entity (Autotask REST reference, §5): it waits for a slot, so that
 * the slot of an answer is used while the answer is being read.
 */
const MAX_READERS = 4;
/** Taking a page apart and storing it takes a few milliseconds, during which the next one comes. */
const INSTANT_MS = 5;
/** Conditions joined by OR in one query, the values of a list among them (Autotask REST reference, §2.2). */
const MAX_OR_CONDITIONS = 500;

/** A list of conditions that all have to hold. */
type Conditions = readonly object[];

/** What is made of the records of a page. */
type Pack<E extends PsaEntity, P> = (records: readonly PsaRecords[E][]) => P;

/** Where a walk begins, and what is asked for beside the fields. */
interface Walk<E extends PsaEntity> {
  entity: E;
  lists: readonly Conditions[];
  plan: RangePlan;
  maxPages: number;
  prefersOrder: boolean;
  storage: WalkStorage;
}

/** How a session asks: again where a request failed in passing, or where `parse` finds the answer broken. */
export interface ReadChannel {
  query<T>(query: ReadQuery<T>, signal: AbortSignal): Promise<T>;
}

interface ReadQuery<T> {
  path: string;
  kind: 'query' | 'query/count';
  body: object;
  parse: (answer: JsonObject) => T;
  onBody?: OnBody;
}

/** Reads our entities through a session's channel: only the fields that are kept, in as few calls as there are started pages. */
export class EntityReader {
  readonly #channel: ReadChannel;
  readonly #metadata: AutotaskMetadata;

  constructor(channel: ReadChannel, metadata: AutotaskMetadata) {
    this.#channel = channel;
    this.#metadata = metadata;
  }

  async *batches<E extends PsaEntity, P>(
    entity: E,
    request: PullRequest,
    pack: Pack<E, P>,
    signal: AbortSignal,
  ): AsyncGenerator<PackedBatch<P>> {
    const { scope, position, knownSplits = [], setsAside = false, maxPages = 1 } = request;
    const { prefersOrder = false, storage = storedAtOnce(maxPages) } = request;
    const lists = this.#listsOf(entity, scope);
    if (lists.length === 0) {
      yield { packed: [], rejected: [], pages: 0, position: null, expectedRows: 0 };
      return;
    }
    const plan = new RangePlan({
      open: position === null ? everythingOf(lists) : readPosition(position, scope, lists.length),
      readers: Math.min(MAX_READERS, maxPages),
      maySplit: scope.kind === 'all' || scope.kind === 'changes',
      // Distances among all rows say nothing about those that changed.
      knownSplits: scope.kind === 'all' ? knownSplits.map(BigInt) : [],
    });
    const walk = { entity, lists, plan, maxPages, prefersOrder, storage };
    for await (const batch of this.#walk(walk, pack, signal)) {
      const { packed, rejected, pages, open, expectedRows } = batch;
      const [malformed] = rejected;
      if (malformed !== undefined && !setsAside) throw malformed;
      yield { packed, rejected, pages, position: positionText(scope, open), expectedRows };
    }
  }

  /**
   * All rows that fulfil one of the lists of conditions; no row may fulfil two.
   * @throws PsaRecordMalformedError when one of them cannot be read: whoever asks for some rows needs each of them
   */
  async every<E extends PsaEntity>(
    entity: E,
    lists: readonly Conditions[],
    signal: AbortSignal,
  ): Promise<PsaRecords[E][]> {
    const plan = new RangePlan({
      open: everythingOf(lists),
      readers: MAX_READERS,
      maySplit: false,
      knownSplits: [],
    });
    const pages: (readonly PsaRecords[E][])[] = [];
    const storage = storedAtOnce(MAX_READERS);
    const walk = { entity, lists, plan, maxPages: MAX_READERS, prefersOrder: false, storage };
    for await (const batch of this.#walk(walk, (records) => records, signal)) {
      const [malformed] = batch.rejected;
      if (malformed !== undefined) throw malformed;
      pages.push(...batch.packed);
    }
    return pages.flat();
  }

  canRead(entity: PsaEntity): boolean {
    return !this.#metadata.unreadableEntities.includes(ENTITY_READS[entity].entity);
  }

  changeTracking(entity: PsaEntity): ChangeTracking {
    return this.#changesShown(entity).tracking;
  }

  #count(entity: PsaEntity, bounds: IdBounds, conditions: Conditions, signal: AbortSignal): Promise<number> {
    const path = ENTITY_READS[entity].entity;
    const body = { filter: boundedFilter(bounds, conditions) };
    const parse = (answer: JsonObject): number => countIn(path, answer);
    return this.#channel.query({ path, kind: 'query/count', body, parse }, signal);
  }

  #walk<E extends PsaEntity, P>(
    { entity, lists, plan, ...ahead }: Walk<E>,
    pack: Pack<E, P>,
    signal: AbortSignal,
  ): AsyncGenerator<ReadBatch<P>> {
    const limits = { ...ahead, readers: Math.min(MAX_READERS, ahead.maxPages), instantMs: INSTANT_MS };
    return new RangeReader(plan, this.#source(entity, lists, pack), limits).batches(signal);
  }

  #source<E extends PsaEntity, P>(entity: E, lists: readonly Conditions[], pack: Pack<E, P>): PageSource<P> {
    const read = ENTITY_READS[entity];
    const { entity: path, fields } = read;
    const absent = this.#metadata.absentFields[path] ?? [];
    const present = fields.filter((field) => !absent.includes(field));
    return {
      readPage: (ids, signal, foresee) => {
        const body = keysetQuery(present, ids, lists[ids.list]);
        const parse = (answer: JsonObject): KeysetPage => keysetPage(path, answer, ids);
        const onBody = (text: string): void => foresee(glimpseLastId(text));
        return this.#channel.query({ path, kind: 'query', body, parse, onBody }, signal);
      },
      countRows: (ids, signal) => this.#count(entity, ids, lists[ids.list] ?? [], signal),
      idOf: (row) => idOf(path, row),
      packRows: (rows) => packRows(rows, (row) => read.fromAutotask(row, this.#metadata), pack),
    };
  }

  #changesShown(entity: PsaEntity) {
    const path = ENTITY_READS[entity].entity;
    return changesShown(path, this.#metadata.changeFields[path] ?? []);
  }

  #listsOf(entity: PsaEntity, scope: PullScope): Conditions[] {
    if (scope.kind === 'all') return [[]];
    if (scope.kind === 'changes') return [changeConditions(scope, this.#changesShown(entity).fields)];
    if (scope.kind === 'byIds') return valueLists('id', scope.externalIds);
    const [field, ids] =
      scope.kind === 'ofContracts'
        ? ['contractID', scope.contractExternalIds]
        : ['invoiceID', scope.invoiceExternalIds];
    if (!ENTITY_READS[entity].fields.includes(field))
      throw new RangeError(`Rows of ${entity} have no ${field}`);
    return valueLists(field, ids);
  }
}

/** Conditions that find rows by an id they hold, in lists no longer than the vendor takes. */
export function valueLists(
  field: string,
  externalIds: readonly string[],
  further: Conditions = [],
): Conditions[] {
  const ids = [...new Set(externalIds)];
  const lists: Conditions[] = [];
  for (let start = 0; start < ids.length; start += MAX_OR_CONDITIONS) {
    const value = ids.slice(start, start + MAX_OR_CONDITIONS).map(jsonInteger);
    lists.push([{ op: 'in', field, value }, ...further]);
  }
  return lists;
}

function packRows<T, P>(
  rows: readonly unknown[],
  read: (row: unknown) => T,
  pack: (records: readonly T[]) => P,
): PackedRows<P> {
  const records: T[] = [];
  const rejected: PsaRecordMalformedError[] = [];
  for (const row of rows) {
    try {
      records.push(read(row));
    } catch (error) {
      if (!(error instanceof PsaRecordMalformedError)) throw error;
      rejected.push(error);
    }
  }
  return { packed: pack(records), rejected };
}

function storedAtOnce(maxUnstored: number): WalkStorage {
  return { maxUnstored, storedPages: (handedOut) => handedOut };
}

function everythingOf(lists: readonly Conditions[]): OpenIds[] {
  return lists.map((_conditions, list) => ({ list, ...ALL_IDS }));
}

function countIn(path: string, answer: JsonObject): number {
  const count = answer['queryCount'];
  if (typeof count !== 'number') throw new PsaUnexpectedAnswerError(`Autotask does not count ${path}.`);
  return count;
}
