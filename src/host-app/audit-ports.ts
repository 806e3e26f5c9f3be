import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { AuditAnchor, AuditCheckpoint, AuditSigningKey, AuditSigningKeyProvider } from '../index.js';
import type { HostEnvironment } from './environment.js';
import { keepPrivateText } from './private-file.js';
import { StartError } from './start-error.js';

/** Tokens of what the port classes below hold. */
export const AUDIT_SIGNING_KEYS = Symbol('AUDIT_SIGNING_KEYS');
export const AUDIT_ANCHOR_FILE = Symbol('AUDIT_ANCHOR_FILE');

const KEY_ID_LENGTH = 16;

/** The key that signs audit checkpoints, and the public halves of those before it. */
export interface HostSigningKeys {
  current: AuditSigningKey;
  earlier: KeyObject[];
}

/**
 * The Ed25519 key for audit checkpoints: of the file the environment names, in an evaluation else one generated once into
 * `<data dir>/audit-signing-key.pem`; null in production without a file.
 * @throws StartError when the file holds something else
 */
export async function findSigningKeys(environment: HostEnvironment): Promise<HostSigningKeys | null> {
  const current = await findSigningKey(environment);
  if (current === null) return null;
  return { current, earlier: await Promise.all(environment.audit.previousPublicKeyFiles.map(readPublicKey)) };
}

async function findSigningKey(environment: HostEnvironment): Promise<AuditSigningKey | null> {
  const { signingKeyFile } = environment.audit;
  if (signingKeyFile !== undefined) {
    return keyOf(signingKeyFile, await readKeyFile('PSA_AUDIT_SIGNING_KEY_FILE', signingKeyFile));
  }
  if (environment.profile === 'production') return null;
  const { text, file } = await keepPrivateText(join(environment.dataDir, 'audit-signing-key.pem'), newKey);
  return keyOf(file, text);
}

async function readPublicKey(file: string): Promise<KeyObject> {
  const pem = await readKeyFile('PSA_AUDIT_PREVIOUS_PUBLIC_KEY_FILES', file);
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('it is of another kind');
    return key;
  } catch {
    throw new StartError(
      `The file ${file} does not hold an Ed25519 public key in PEM (make one with: openssl pkey -in key.pem -pubout).`,
    );
  }
}

async function readKeyFile(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new StartError(`${variable} cannot be read (${(cause as Error).message}).`, { cause });
  }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}

/** The id is made from the public key, so that another key has another id. */
function keyOf(file: string, pem: string): AuditSigningKey {
  try {
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('it is of another kind');
    const publicBytes = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    return { id: hash('sha256', publicBytes, 'hex').slice(0, KEY_ID_LENGTH), privateKey };
  } catch {
    // What the parser says may hold parts of the key.
    throw new StartError(
      `The file ${file} does not hold an Ed25519 private key in PEM (make one with: openssl genpkey -algorithm ed25519).`,
    );
  }
}

/** The one signing key of this host, and those before it. */
@Injectable()
export class HostSigningKeyProvider implements AuditSigningKeyProvider {
  constructor(@Inject(AUDIT_SIGNING_KEYS) private readonly keys: HostSigningKeys) {}

  currentKey(): Promise<AuditSigningKey> {
    return Promise.resolve(this.keys.current);
  }

  earlierPublicKeys(): Promise<readonly KeyObject[]> {
    return Promise.resolve(this.keys.earlier);
  }
}

/** Appends checkpoints to a file, one JSON object per line; put it where the database's operator cannot write. */
@Injectable()
export class FileAuditAnchor implements AuditAnchor {
  constructor(@Inject(AUDIT_ANCHOR_FILE) private readonly file: string) {}

  async publish(checkpoint: AuditCheckpoint): Promise<void> {
    await appendFile(this.file, `${JSON.stringify(checkpoint)}\n`, { mode: 0o644, flush: true });
  }
}
