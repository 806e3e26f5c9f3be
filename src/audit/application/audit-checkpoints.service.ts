import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  AUDIT_ANCHOR,
  AUDIT_SIGNING_KEY_PROVIDER,
  type AuditAnchor,
  type AuditCheckpoint,
  type AuditSigningKeyProvider,
} from '../../ports/host/audit-anchor.port.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { SigningKeyMissingError } from '../domain/audit.errors.js';
import { signCheckpoint } from '../domain/audit-checkpoint.js';
import { AUDIT_CHAIN_READER, type AuditChainReader, type ChainPoint } from '../domain/audit-store.js';
import { CHECKPOINT_STORE, type CheckpointStore } from '../domain/checkpoint-store.js';

const PUBLISH_AT_A_TIME = 100;
const REFUSED_IN_A_ROW = 5;

/** Signs where the chains stand, and publishes it. */
@Injectable()
export class AuditCheckpoints {
  readonly #logger = new Logger(AuditCheckpoints.name);
  /** Tenants whose checkpoints the anchor refused the last time. */
  #refusedBefore: ReadonlySet<string> = new Set();

  constructor(
    @Inject(AUDIT_CHAIN_READER) private readonly chain: AuditChainReader,
    @Inject(CHECKPOINT_STORE) private readonly store: CheckpointStore,
    @Inject(AUDIT_SIGNING_KEY_PROVIDER) private readonly keys: AuditSigningKeyProvider | null,
    @Inject(AUDIT_ANCHOR) private readonly anchor: AuditAnchor | null,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get canSign(): boolean {
    return this.keys !== null;
  }

  /**
   * Signs the head of every tenant whose log has grown, then publishes what was not published yet.
   * @param olderThanMs leaves out tenants with a checkpoint younger than this
   * @throws SigningKeyMissingError
   */
  async create(olderThanMs = 0): Promise<AuditCheckpoint[]> {
    const created: AuditCheckpoint[] = [];
    for (const tenantId of await this.chain.tenants()) {
      const head = await this.chain.head(tenantId);
      const newest = await this.store.newest(tenantId);
      const age = newest === null ? Infinity : this.clock.now().getTime() - Date.parse(newest.createdAt);
      if (head === null || head.sequence === newest?.sequence || age < olderThanMs) continue;
      const checkpoint = await this.sign(tenantId, head);
      await this.store.add(checkpoint);
      created.push(checkpoint);
    }
    await this.publish();
    return created;
  }

  /** @throws SigningKeyMissingError */
  async sign(tenantId: string, point: ChainPoint): Promise<AuditCheckpoint> {
    if (this.keys === null) throw new SigningKeyMissingError();
    return signCheckpoint(tenantId, point, this.clock.now(), await this.keys.currentKey());
  }

  /**
   * Gives the anchor everything it did not take yet. What it refuses holds up only the later ones of its tenant and is given to it again
   * the next time, after those of all others; an anchor that refuses several in a row is taken to be down.
   */
  async publish(): Promise<void> {
    if (this.anchor === null) return;
    const refused = new Set<string>();
    const isUp =
      (await this.publishAllBut(this.anchor, this.#refusedBefore, refused)) &&
      (await this.publishAllBut(this.anchor, new Set(), refused));
    this.#refusedBefore = isUp ? refused : new Set([...this.#refusedBefore, ...refused]);
  }

  /** @returns false when it was given up; `refused` gains the tenants of what was refused */
  private async publishAllBut(
    anchor: AuditAnchor,
    passedOver: ReadonlySet<string>,
    refused: Set<string>,
  ): Promise<boolean> {
    let inARow = 0;
    for (;;) {
      const page = await this.store.unpublished(PUBLISH_AT_A_TIME, [...passedOver, ...refused]);
      if (page.length === 0) return true;
      for (const checkpoint of page) {
        if (refused.has(checkpoint.tenantId)) continue;
        if (await this.isTaken(anchor, checkpoint)) {
          inARow = 0;
          continue;
        }
        refused.add(checkpoint.tenantId);
        inARow += 1;
        if (inARow === REFUSED_IN_A_ROW) return false;
      }
    }
  }

  private async isTaken(anchor: AuditAnchor, checkpoint: AuditCheckpoint): Promise<boolean> {
    const { tenantId, sequence, createdAt } = checkpoint;
    const now = this.clock.now();
    try {
      await anchor.publish(checkpoint);
    } catch (error) {
      const ageSeconds = Math.round((now.getTime() - Date.parse(createdAt)) / 1000);
      const facts = { tenantId, sequence, ageSeconds, reason: String(error) };
      this.#logger.error('An audit checkpoint was not published', facts);
      return false;
    }
    await this.store.markPublished(checkpoint, now);
    return true;
  }
}
