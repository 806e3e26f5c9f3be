import { Inject, Injectable } from '@nestjs/common';
import { Secret } from '../../kernel/secret.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  MASTER_KEY_PROVIDER,
  type MasterKey,
  type MasterKeyProvider,
} from '../../ports/host/master-key-provider.port.js';
import { MasterKeyUnavailableError } from '../domain/master-key-unavailable.js';
import { open, rewrap, seal, type SealedValue, SecretUnreadableError } from '../domain/envelope.js';
import { SEALED_SECRET_STORE, type SealedSecretStore } from '../domain/sealed-secret-store.js';

const MASTER_KEY_BYTES = 32;

/** A value, and the same value under another master key. */
export interface Rewrapping {
  before: SealedValue;
  after: SealedValue;
}

/** Keeps one secret text per owner, encrypted at rest. */
@Injectable()
export class SecretVault {
  constructor(
    @Inject(SEALED_SECRET_STORE) private readonly store: SealedSecretStore,
    @Inject(MASTER_KEY_PROVIDER) private readonly masterKeys: MasterKeyProvider,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Encrypts, before a transaction is open: the host may fetch its master key over the network. */
  async seal(ownerId: string, value: Secret): Promise<SealedValue> {
    const master = await this.masterKeys.currentKey();
    assertUsable(master, ownerId);
    return seal(master, ownerId, value.reveal());
  }

  async put(tx: Transaction, ownerId: string, sealed: SealedValue): Promise<void> {
    await this.store.put(tx, ownerId, sealed, this.clock.now());
  }

  /** @throws SecretUnreadableError */
  async read(ownerId: string): Promise<Secret> {
    const sealed = await this.store.find(ownerId);
    if (sealed === null) throw new SecretUnreadableError(ownerId, 'they were destroyed');
    return new Secret(open(await this.masterKeyOf(ownerId, sealed), ownerId, sealed));
  }

  /** Id of the master key that new values are wrapped with. */
  async currentKeyId(): Promise<string> {
    return (await this.masterKeys.currentKey()).id;
  }

  /** Owners whose values are not wrapped with the current master key, in order. @param after the last one already seen */
  async ownersToRewrap(after: string | undefined, limit: number): Promise<string[]> {
    return this.store.ownersNotUnder(await this.currentKeyId(), after, limit);
  }

  /**
   * Wraps the owner's data key with the current master key, before a transaction is open; null when there is nothing to do any more.
   * @throws SecretUnreadableError
   */
  async rewrap(ownerId: string): Promise<Rewrapping | null> {
    const before = await this.store.find(ownerId);
    const current = await this.masterKeys.currentKey();
    assertUsable(current, ownerId);
    if (before === null || before.masterKeyId === current.id) return null;
    return { before, after: rewrap(await this.masterKeyOf(ownerId, before), current, ownerId, before) };
  }

  /** False, and nothing done, when the value was replaced or destroyed meanwhile. */
  async putRewrapped(tx: Transaction, ownerId: string, { before, after }: Rewrapping): Promise<boolean> {
    return this.store.replaceWrapping(tx, ownerId, before, after);
  }

  /**
   * Whether new secrets can be sealed and every stored one has its master key.
   * @throws MasterKeyUnavailableError; whatever the host's provider fails with is its cause
   */
  async check(): Promise<void> {
    const stored = await this.store.masterKeyIds();
    try {
      const current = await this.masterKeys.currentKey();
      assertUsable(current, 'none');
      for (const id of stored) {
        const key = id === current.id ? current : await this.masterKeys.keyById(id);
        if (key === null) throw new Error(`Master key '${id}' is not available`);
        assertUsable(key, 'none');
      }
    } catch (cause) {
      throw new MasterKeyUnavailableError(cause);
    }
  }

  async destroy(tx: Transaction, ownerId: string): Promise<void> {
    await this.store.destroy(tx, ownerId);
  }

  private async masterKeyOf(ownerId: string, { masterKeyId }: SealedValue): Promise<MasterKey> {
    const master = await this.masterKeys.keyById(masterKeyId);
    if (master === null)
      throw new SecretUnreadableError(ownerId, `master key '${masterKeyId}' is not available`);
    assertUsable(master, ownerId);
    return master;
  }
}

function assertUsable(master: MasterKey, ownerId: string): void {
  if (master.key.length !== MASTER_KEY_BYTES) {
    throw new SecretUnreadableError(
      ownerId,
      `master key '${master.id}' is not ${MASTER_KEY_BYTES} bytes long`,
    );
  }
}
