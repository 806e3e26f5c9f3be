import { createPublicKey, sign, verify } from 'node:crypto';
import type { AuditCheckpoint, AuditSigningKey } from '../../ports/host/audit-anchor.port.js';
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

/** Whether the checkpoint was signed with the private key of the public key it names. */
export function isSignedByItsKey(checkpoint: AuditCheckpoint): boolean {
  try {
    const key = createPublicKey(checkpoint.publicKey);
    return verify(null, signedBytes(checkpoint), key, Buffer.from(checkpoint.signature, 'base64'));
  } catch {
    // A key that cannot be read has signed nothing.
    return false;
  }
}
