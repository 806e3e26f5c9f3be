import type { KeyObject } from 'node:crypto';

/** A signed statement that a tenant's audit log stood at this entry with this hash. Public: it holds nothing secret. */
export interface AuditCheckpoint {
  tenantId: string;
  /** Number of the entry, decimal. */
  sequence: string;
  /** Its hash, lower-case hexadecimal. */
  hash: string;
  /** ISO 8601 UTC with milliseconds. */
  createdAt: string;
  /** Id of the key that signed. */
  keyId: string;
  /** SPKI in PEM; compare it with the one you trust. */
  publicKey: string;
  /** Ed25519, base64; what is signed is written down in `src/docs/audit-verification.md`. */
  signature: string;
}

/**
 * Supplied by the host, optional: a place outside our database where checkpoints are kept, such as a write-once bucket, a ticket or a
 * log of another operator. Called outside any transaction; when it fails it is called again later with the same checkpoint.
 */
export interface AuditAnchor {
  publish(checkpoint: AuditCheckpoint): Promise<void>;
}

/** An Ed25519 key for checkpoints. */
export interface AuditSigningKey {
  /** Never used for another key. */
  id: string;
  privateKey: KeyObject;
}

/** Supplied by the host, optional: the key checkpoints are signed with. Without one there are no checkpoints and no archive. */
export interface AuditSigningKeyProvider {
  currentKey(): Promise<AuditSigningKey>;
  /**
   * Public halves of keys that signed before the current one. Verifying believes no other key: without them, checkpoints from
   * before a change of keys are reported as a problem.
   */
  earlierPublicKeys?(): Promise<readonly KeyObject[]>;
}

/** Token of the host's `AuditAnchor`, or null. */
export const AUDIT_ANCHOR = Symbol('AUDIT_ANCHOR');

/** Token of the host's `AuditSigningKeyProvider`, or null. */
export const AUDIT_SIGNING_KEY_PROVIDER = Symbol('AUDIT_SIGNING_KEY_PROVIDER');
