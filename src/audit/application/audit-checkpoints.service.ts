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

/** Signs where the chains stand, and publishes it. */
@Injectable()
export class AuditCheckpoints {
  readonly #logger = new Logger(AuditCheckpoints.name);

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
      const newest = (await this.store.list(tenantId)).at(-1);
      const age = newest === undefined ? Infinity : this.clock.now().getTime() - Date.parse(newest.createdAt);
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

  /** Gives the anchor what it did not take yet; what it refuses is given to it again the next time. */
  async publish(): Promise<void> {
    if (this.anchor === null) return;
    for (const checkpoint of await this.store.unpublished(PUBLISH_AT_A_TIME)) {
      const { tenantId, sequence } = checkpoint;
      try {
        await this.anchor.publish(checkpoint);
      } catch (error) {
        this.#logger.warn('An audit checkpoint was not published', {
          tenantId,
          sequence,
          reason: String(error),
        });
        return;
      }
      await this.store.markPublished(checkpoint, this.clock.now());
    }
  }
}
