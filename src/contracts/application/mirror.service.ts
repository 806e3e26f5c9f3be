import { Inject, Injectable } from '@nestjs/common';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import { VisibilityShrunkError } from '../domain/contracts.errors.js';
import {
  type ContractsPull,
  type MergeCounts,
  MIRROR_STORE,
  type MirrorBatch,
  type MirrorPage,
  type MirrorPull,
  type MirrorStore,
  type PackedRecords,
  type PackingFacts,
} from '../domain/mirror-store.js';
import { hasVisibilityShrunk } from '../domain/visibility.js';

/** Keeps our copy of the PSA's records; written by sync runs, and by what creates records in the PSA. */
@Injectable()
export class Mirror {
  constructor(@Inject(MIRROR_STORE) private readonly store: MirrorStore) {}

  /** Stores a batch whole. */
  async writePage<E extends PsaEntity>(
    tx: Transaction,
    { records, areLikelyNew = false, ...page }: MirrorPage<E>,
  ): Promise<MergeCounts> {
    const { entity, connectionId } = page;
    const batch = { ...page, packed: [this.pack(entity, records, { connectionId, areLikelyNew })] };
    await this.begin(tx, batch);
    const counts = await this.writeRows(tx, batch);
    await this.rememberRows(tx, batch);
    return counts;
  }

  /** Records as they are stored, so that the records themselves need not be kept until then. */
  pack<E extends PsaEntity>(
    entity: E,
    records: readonly PsaRecords[E][],
    facts: PackingFacts,
  ): PackedRecords {
    return this.store.pack(entity, records, facts);
  }

  /**
   * Comes before a batch is stored. Where the transaction of one batch waits for that of another, it may begin only after that one has:
   * a single record that waits in between would keep the first from beginning, and both from ending.
   */
  begin(tx: Transaction, pull: Pick<MirrorPull, 'connectionId' | 'entity'>): Promise<void> {
    return this.store.beginPull(tx, pull);
  }

  /** The first half of storing a batch: transactions of the same pull may do it at the same time. */
  writeRows(tx: Transaction, batch: MirrorBatch): Promise<MergeCounts> {
    return this.store.merge(tx, batch);
  }

  /** The second half: marks the rows as seen by the pull, one transaction after the other. */
  rememberRows(tx: Transaction, batch: MirrorBatch): Promise<void> {
    return this.store.remember(tx, batch);
  }

  /** A record that was read by itself, so that it can be used before the next pull. @throws MirrorBusyError */
  writeRecord<E extends PsaEntity>(
    tx: Transaction,
    connectionId: string,
    entity: E,
    record: PsaRecords[E],
  ): Promise<void> {
    return this.store.put(tx, connectionId, entity, record);
  }

  /**
   * Deletes what a complete pull has not seen, of all these entities or of none; gives how many of each.
   * @param acceptsDeletions a person has said that what is missing really was deleted
   * @throws VisibilityShrunkError when too much of one is missing to be believed
   */
  async finishEntities(
    tx: Transaction,
    pulls: readonly MirrorPull[],
    { acceptsDeletions = false }: { acceptsDeletions?: boolean } = {},
  ): Promise<number[]> {
    const found: (MirrorPull & { seen: number; missing: number })[] = [];
    for (const pull of pulls) found.push({ ...pull, ...(await this.store.countSeen(tx, pull)) });
    const shrunk = acceptsDeletions ? [] : found.filter(hasVisibilityShrunk);
    if (shrunk.length > 0) throw new VisibilityShrunkError(shrunk);
    const deleted: number[] = [];
    for (const pull of found) deleted.push(pull.missing === 0 ? 0 : await this.store.deleteUnseen(tx, pull));
    return deleted;
  }

  /**
   * Deletes what a pull of all that belongs to some contracts has not seen of them; gives how many. Nothing is deleted of a contract that
   * showed nothing at all, and nothing where too much is missing to be believed: a contract that was emptied or cut short looks the
   * same as a lost right, and the next complete pull can tell them apart.
   */
  async finishContracts(tx: Transaction, pull: ContractsPull): Promise<number> {
    const counts = await this.store.countSeenOfContracts(tx, pull);
    if (counts.missing === 0 || hasVisibilityShrunk({ ...counts, entity: pull.entity })) return 0;
    return this.store.deleteUnseenOfContracts(tx, pull);
  }

  /** Billing items that are mirrored as on these invoices and that a pull of all that stands on them has not shown. */
  unseenOnInvoices(
    { connectionId, pullId }: Pick<MirrorPull, 'connectionId' | 'pullId'>,
    invoiceExternalIds: readonly string[],
  ): Promise<string[]> {
    return this.store.unseenOnInvoices(connectionId, pullId, invoiceExternalIds);
  }

  /** Entities of which something is mirrored. */
  mirroredEntities(connectionId: string): Promise<PsaEntity[]> {
    return this.store.mirroredEntities(connectionId);
  }

  /** External ids that cut the stored rows of an entity into parts of about equal size; what a reader may read at the same time. */
  knownSplits(connectionId: string, entity: PsaEntity, parts: number): Promise<string[]> {
    return this.store.knownSplits(connectionId, entity, parts);
  }

  /** Rows with higher ids are new; null when no row of the entity was ever stored. */
  highestExternalId(connectionId: string, entity: PsaEntity): Promise<string | null> {
    return this.store.highestExternalId(connectionId, entity);
  }

  /** The contracts whose lines may still change: those that end on or after a day; all without a day. */
  contractExternalIds(connectionId: string, endingOnOrAfter: LocalDate | null): Promise<string[]> {
    return this.store.contractExternalIds(connectionId, endingOnOrAfter);
  }

  /** Deletes what is mirrored of connections that were removed before then; gives how many records. */
  deleteOfRemoved(removedBefore: Date): Promise<number> {
    return this.store.deleteOfRemoved(removedBefore);
  }

  /** Ids of the pulls, and of the connections of single records, whose seen ids are still kept. */
  rememberedPulls(): Promise<string[]> {
    return this.store.rememberedPulls();
  }

  forgetPulls(tx: Transaction, ids: readonly string[]): Promise<void> {
    return this.store.forgetPulls(tx, ids);
  }

  /** What a run that has ended leaves behind: the ids its pull has seen, and those of single records written since the run before. */
  forgetPull(
    tx: Transaction,
    { connectionId, pullId }: Pick<MirrorPull, 'connectionId' | 'pullId'>,
  ): Promise<void> {
    return this.store.forgetPulls(tx, [connectionId, pullId]);
  }
}
