/** A key that wraps the data keys of connections: 32 bytes, and an id that is stored beside what it wrapped. */
export interface MasterKey {
  id: string;
  key: Buffer;
}

/** Supplied by the host: where master keys come from (file, environment, vault). */
export interface MasterKeyProvider {
  /** The key new secrets are wrapped with. */
  currentKey(): Promise<MasterKey>;
  /** An earlier or the current key, or null when it is gone for good. */
  keyById(id: string): Promise<MasterKey | null>;
}

/** Token of the host's `MasterKeyProvider`. */
export const MASTER_KEY_PROVIDER = Symbol('MASTER_KEY_PROVIDER');
