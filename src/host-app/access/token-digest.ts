import { createHash, createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** A new secret of 256 bits; only its digest is stored. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Digests have one length, so comparing them takes the same time whatever was sent. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/**
 * Digest of a session that the bootstrap token opened: it is found only while that token is the host's, so another token ends
 * all of them.
 */
export function bootstrapSessionDigest(secret: string, bootstrapDigest: Buffer): Buffer {
  return createHmac('sha256', bootstrapDigest).update(secret, 'utf8').digest();
}

/** The token of an `Authorization: Bearer` header, or null. */
export function bearerToken(header: string | string[] | undefined): string | null {
  if (typeof header !== 'string') return null;
  return /^bearer +(\S+) *$/i.exec(header)?.[1] ?? null;
}
