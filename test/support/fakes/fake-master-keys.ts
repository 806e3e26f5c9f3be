import type { MasterKey, MasterKeyProvider } from '../../../src/ports/host/master-key-provider.port.js';

/** One key that never changes. */
export class FakeMasterKeys implements MasterKeyProvider {
  readonly #key: MasterKey = { id: 'test-key', key: Buffer.alloc(32, 7) };

  currentKey(): Promise<MasterKey> {
    return Promise.resolve(this.#key);
  }

  keyById(id: string): Promise<MasterKey | null> {
    return Promise.resolve(id === this.#key.id ? this.#key : null);
  }
}
