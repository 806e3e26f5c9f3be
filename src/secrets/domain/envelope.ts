import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ConnectorError } from '../../kernel/connector-error.js';
import type { MasterKey } from '../../ports/host/master-key-provider.port.js';

/** A value encrypted with a data key of its own, which is wrapped by a master key. */
export interface SealedValue {
  masterKeyId: string;
  /** nonce (12 bytes), tag (16), data key encrypted with the master key. */
  wrappedKey: Buffer;
  /** nonce (12 bytes), tag (16), value encrypted with the data key. */
  sealedValue: Buffer;
}

/** A sealed value does not open: the master key is gone or wrong, or the row was tampered with or moved. */
export class SecretUnreadableError extends ConnectorError {
  constructor(ownerId: string, reason: string, cause?: unknown) {
    super({
      code: 'secret.unreadable',
      category: 'configuration',
      detail: `The stored credentials cannot be decrypted: ${reason}. Restore the master key, or enter the credentials again.`,
      context: { ownerId },
      cause,
    });
  }
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

function encrypt(key: Buffer, plain: Buffer, associatedData: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(associatedData, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, sealed: Buffer, associatedData: string): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(associatedData, 'utf8'));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

/** The parts of the associated data: who owns the value, and which of the two ciphertexts it is. */
const keyPart = (ownerId: string): string => `${ownerId}:key`;
const valuePart = (ownerId: string): string => `${ownerId}:value`;

/** Encrypts with a fresh data key; the owner's id is associated data, so a row copied to another owner does not open. */
export function seal(master: MasterKey, ownerId: string, plain: string): SealedValue {
  const dataKey = randomBytes(KEY_BYTES);
  try {
    return {
      masterKeyId: master.id,
      wrappedKey: encrypt(master.key, dataKey, keyPart(ownerId)),
      sealedValue: encrypt(dataKey, Buffer.from(plain, 'utf8'), valuePart(ownerId)),
    };
  } finally {
    dataKey.fill(0);
  }
}

/** Wraps the data key with another master key; the value stays as it is. @throws SecretUnreadableError */
export function rewrap(from: MasterKey, to: MasterKey, ownerId: string, sealed: SealedValue): SealedValue {
  // Opened whole: what cannot be read must not get a wrapping that looks as if it could.
  open(from, ownerId, sealed);
  const dataKey = decrypt(from.key, sealed.wrappedKey, keyPart(ownerId));
  try {
    return { ...sealed, masterKeyId: to.id, wrappedKey: encrypt(to.key, dataKey, keyPart(ownerId)) };
  } finally {
    dataKey.fill(0);
  }
}

/** @throws SecretUnreadableError */
export function open(master: MasterKey, ownerId: string, sealed: SealedValue): string {
  try {
    const dataKey = decrypt(master.key, sealed.wrappedKey, keyPart(ownerId));
    try {
      return decrypt(dataKey, sealed.sealedValue, valuePart(ownerId)).toString('utf8');
    } finally {
      dataKey.fill(0);
    }
  } catch (cause) {
    throw new SecretUnreadableError(ownerId, `master key '${master.id}' does not open them`, cause);
  }
}
