import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../kernel/transaction.js';
import type { PsaEntity } from '../../ports/psa/psa-records.js';
import { VisibilityShrunkError } from '../domain/contracts.errors.js';
import {
  type MergeCounts,
  MIRROR_STORE,
  type MirrorContractsPull,
  type MirrorPage,
  type MirrorPull,
  type MirrorStore,
} from '../domain/mirror-store.js';
import { hasVisibilityShrunk } from '../domain/visibility.js';

/** Keeps our copy of the PSA's records; written by sync runs only. */
@Injectable()
export class Mirror {
  constructor(@Inject(MIRROR_STORE) private readonly store: MirrorStore) {}

  writePage<E extends PsaEntity>(tx: Transaction, page: MirrorPage<E>): Promise<MergeCounts> {
    return this.store.merge(tx, page);
  }

  /**
   * Deletes what a complete pull of an entity has not seen; gives how many.
   * @param acceptsDeletions a person has said that what is missing was really deleted, however much it is
   * @throws VisibilityShrunkError when too much is missing to be believed
   */
  async finishEntity(tx: Transaction, pull: MirrorPull, { acceptsDeletions = false } = {}): Promise<number> {
    const counts = await this.store.countSeen(tx, pull);
    if (counts.missing === 0) return 0;
    if (!acceptsDeletions && hasVisibilityShrunk(counts))
      throw new VisibilityShrunkError(pull.entity, counts.seen, counts.missing);
    return this.store.deleteUnseen(tx, pull);
  }

  /** Deletes the rows of these contracts that a pull has not seen; gives how many. */
  finishContracts(tx: Transaction, pull: MirrorContractsPull): Promise<number> {
    return this.store.deleteUnseenOfContracts(tx, pull);
  }

  /** External ids at about equal distances among the mirrored rows of an entity, ascending. */
  knownSplits(connectionId: string, entity: PsaEntity, parts: number): Promise<string[]> {
    return this.store.knownSplits(connectionId, entity, parts);
  }

  forgetPull(tx: Transaction, pullId: string): Promise<void> {
    return this.store.forgetPull(tx, pullId);
  }
}
