import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { SignInThrottledError } from './access.errors.js';
import { HOST_DATA_SOURCE } from './access-settings.js';
import { addressBlock } from './address-block.js';

/** How many attempts may fail before each further one has to wait. */
interface Limit {
  kind: 'pair' | 'account' | 'address';
  attempts: number;
}

/**
 * A user name from one address, a user name from anywhere, and an address for any user name. The first is strict; the second is wide, so
 * that a stranger cannot easily keep the owner out (OWASP ASVS 2.2.1 allows 100 an hour). Who has ten addresses can all the same, so it
 * does not hold where the owner came in lately: there the first alone counts.
 */
const PAIR: Limit = { kind: 'pair', attempts: 5 };
const ACCOUNT: Limit = { kind: 'account', attempts: 50 };
const ADDRESS: Limit = { kind: 'address', attempts: 30 };

/** Attempts are forgotten after this long without another. */
const FORGET_AFTER_MS = 3_600_000;
/** An address stays one the owner came in from for this long. */
const KNOWN_FOR_MS = 30 * 86_400_000;
const FIRST_WAIT_SECONDS = 15;
const LONGEST_WAIT_SECONDS = 900;

/** Counts the attempt before its password is looked at, so that many at once are counted too. No row: it has to wait. */
const CLAIM = `
  INSERT INTO psa_host.sign_in_attempt AS a (subject, attempts, blocked_until, forget_at) VALUES ($1, 1, '-infinity', $3)
  ON CONFLICT (subject) DO UPDATE SET
    attempts = CASE WHEN a.forget_at <= $2 THEN 1 ELSE a.attempts + 1 END,
    blocked_until = CASE WHEN a.forget_at > $2 AND a.attempts + 1 >= $4
      THEN $2::timestamptz + least($6, $5 * power(2, least(a.attempts + 1 - $4, 10))) * interval '1 second' ELSE '-infinity' END,
    forget_at = $3
  WHERE a.blocked_until <= $2
  RETURNING attempts`;

export interface SignInAttempt {
  /** What was typed as user name; absent for a token. */
  userName: string | null;
  address: string;
}

/** Slows down guessing: per user name and per address, the same whether the account exists or not. */
@Injectable()
export class SignInThrottle {
  constructor(@Inject(HOST_DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** @throws SignInThrottledError */
  async claim(attempt: SignInAttempt): Promise<void> {
    const now = new Date();
    const isKnown = await this.isKnown(attempt, now);
    for (const [subject, limit] of subjectsOf(attempt)) {
      if (limit === ACCOUNT && isKnown) continue;
      const claimed: unknown[] = await this.dataSource.query(CLAIM, [
        subject,
        now,
        new Date(now.getTime() + FORGET_AFTER_MS),
        limit.attempts,
        FIRST_WAIT_SECONDS,
        LONGEST_WAIT_SECONDS,
      ]);
      if (claimed.length === 0) throw new SignInThrottledError(await this.waitOf(subject, now));
    }
  }

  /** Takes back what `claim` counted: the attempt was right. */
  async release(attempt: SignInAttempt): Promise<void> {
    const subjects = subjectsOf(attempt);
    const [address] = subjects.pop() ?? [];
    await this.dataSource.query(
      'DELETE FROM psa_host.sign_in_attempt WHERE subject = ANY($1) OR forget_at < $2',
      [subjects.map(([subject]) => subject), new Date()],
    );
    // Whoever knows one password must not get the count of all the others back to nothing.
    await this.dataSource.query(
      'UPDATE psa_host.sign_in_attempt SET attempts = attempts - 1, blocked_until = $2 WHERE subject = $1',
      [address, new Date()],
    );
    if (attempt.userName !== null) await this.remember(attempt.userName, attempt.address);
  }

  private async remember(userName: string, address: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO psa_host.sign_in_attempt (subject, attempts, blocked_until, forget_at) VALUES ($1, 0, '-infinity', $2)
      ON CONFLICT (subject) DO UPDATE SET forget_at = excluded.forget_at`,
      [knownSubject(userName, address), new Date(Date.now() + KNOWN_FOR_MS)],
    );
  }

  private async isKnown({ userName, address }: SignInAttempt, now: Date): Promise<boolean> {
    if (userName === null) return false;
    const found: unknown[] = await this.dataSource.query(
      'SELECT FROM psa_host.sign_in_attempt WHERE subject = $1 AND forget_at > $2',
      [knownSubject(userName, address), now],
    );
    return found.length > 0;
  }

  private async waitOf(subject: Buffer, now: Date): Promise<number> {
    const [row]: { blocked_until: Date }[] = await this.dataSource.query(
      'SELECT blocked_until FROM psa_host.sign_in_attempt WHERE subject = $1',
      [subject],
    );
    return Math.max(1, Math.ceil(((row?.blocked_until.getTime() ?? 0) - now.getTime()) / 1000));
  }
}

/** The address last. */
function subjectsOf({ userName, address }: SignInAttempt): [Buffer, Limit][] {
  const block = addressBlock(address);
  const byAddress: [Buffer, Limit] = [subjectOf(ADDRESS, block), ADDRESS];
  if (userName === null) return [byAddress];
  return [[subjectOf(PAIR, userName, block), PAIR], [subjectOf(ACCOUNT, userName), ACCOUNT], byAddress];
}

/** Stands for a user name that was right from an address; nothing is counted for it. */
function knownSubject(userName: string, address: string): Buffer {
  return subjectOf({ kind: 'known' }, userName, addressBlock(address));
}

function subjectOf({ kind }: { kind: Limit['kind'] | 'known' }, ...parts: string[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([kind, ...parts]))
    .digest();
}
