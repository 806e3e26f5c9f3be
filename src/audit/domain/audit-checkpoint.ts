import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type {
  AuditCheckpoint,
  AuditSigningKey,
  AuditSigningKeyProvider,
} from '../../ports/host/audit-anchor.port.js';
import { canonicalJson } from './audit-entry.js';
import type { ChainPoint } from './audit-store.js';

/** First line of what is signed, so that a signature can never be taken for one of something else. */
export const CHECKPOINT_FORMAT = 'psa-connector audit checkpoint v1';

type Statement = Pick<AuditCheckpoint, 'tenantId' | 'sequence' | 'hash' | 'createdAt' | 'keyId'>;

function signedBytes({ tenantId, sequence, hash, createdAt, keyId }: Statement): Buffer {
  const statement = canonicalJson({ tenantId, sequence, hash, createdAt, keyId });
  return Buffer.from(`${CHECKPOINT_FORMAT}\n${statement}`, 'utf8');
}

export function signCheckpoint(
  tenantId: string,
  { sequence, hash }: ChainPoint,
  createdAt: Date,
  { id, privateKey }: AuditSigningKey,
): AuditCheckpoint {
  const statement = { tenantId, sequence, hash, createdAt: createdAt.toISOString(), keyId: id };
  return {
    ...statement,
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
    signature: sign(null, signedBytes(statement), privateKey).toString('base64'),
  };
}

/** The public keys whose checkpoints are believed; null where nobody named any. */
export interface TrustedCheckpointKeys {
  keys(): Promise<readonly KeyObject[] | null>;
}

export const TRUSTED_CHECKPOINT_KEYS = Symbol('TRUSTED_CHECKPOINT_KEYS');

/** Trusts the key a host signs with and those it says it signed with before; no key, no comparison. */
export function trustedKeysOf(provider: AuditSigningKeyProvider | null): TrustedCheckpointKeys {
  return {
    keys: async () => {
      if (provider === null) return null;
      const { privateKey } = await provider.currentKey();
      return [createPublicKey(privateKey), ...((await provider.earlierPublicKeys?.()) ?? [])];
    },
  };
}

/**
 * What is wrong with a checkpoint, in one sentence, or null. Whoever writes to the database can put a key of their own into it and
 * sign with that, so its signature proves something only where the key is compared.
 * @param trusted null: the key inside is used, whoever made it
 */
export function checkpointFault(
  checkpoint: AuditCheckpoint,
  trusted: readonly KeyObject[] | null,
): string | null {
  const { sequence, keyId } = checkpoint;
  const key = keyThatSigned(checkpoint);
  if (key === null) return `The signature of the checkpoint at entry ${sequence} is wrong.`;
  if (trusted === null || trusted.some((one) => one.equals(key))) return null;
  return `The checkpoint at entry ${sequence} was signed with a key (id "${keyId}") that is none of the trusted ones; if it is an earlier one of yours, name its public key among them.`;
}

/** The public key inside the checkpoint, when its private key signed it. */
function keyThatSigned(checkpoint: AuditCheckpoint): KeyObject | null {
  try {
    const key = createPublicKey(checkpoint.publicKey);
    const signature = Buffer.from(checkpoint.signature, 'base64');
    return verify(null, signedBytes(checkpoint), key, signature) ? key : null;
  } catch {
    // A key that cannot be read has signed nothing.
    return null;
  }
}
