import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { HostAuditLog, InvalidRequestError } from '../../index.js';
import { NoPasswordError, PasswordElsewhereError } from './access.errors.js';
import { HOST_DATA_SOURCE } from './access-settings.js';
import { demandPassword } from './account.service.js';
import { HOST_OPERATIONS } from './host-operations.js';
import { Identification } from './identification.service.js';
import { PasswordHasher } from './password-hash.js';
import type { Principal } from './principal.js';
import { auditingRefusal } from './refused-attempt.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** Lets whoever is signed in with an account change its password. */
@Injectable()
export class OwnPassword {
  constructor(
    @Inject(HOST_DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly identification: Identification,
    private readonly throttle: SignInThrottle,
    private readonly hasher: PasswordHasher,
    private readonly audit: HostAuditLog,
  ) {}

  /** Ends the account's other sessions. @throws NoPasswordError, PasswordElsewhereError, InvalidRequestError, SignInThrottledError */
  change(
    principal: Principal,
    passwords: { current: string; next: string },
    circumstances: { correlationId: string; address: string; session: string | null },
  ): Promise<void> {
    const { actor, accountId } = principal;
    const context = { actor, correlationId: circumstances.correlationId };
    const event = {
      operation: HOST_OPERATIONS.changePassword,
      subject: { type: 'account', id: accountId, label: actor.name },
    };
    return auditingRefusal(this.audit, context, event, async () => {
      const account = accountId === null ? undefined : await this.stored(accountId);
      if (account === undefined) throw new NoPasswordError();
      if (account.password_hash === null) throw new PasswordElsewhereError();
      // Whoever holds a stolen session must not guess the password here faster than at the sign-in.
      const attempt = { userName: account.user_name, address: circumstances.address };
      await this.throttle.claim(attempt);
      if (!(await this.hasher.verify(passwords.current, account.password_hash))) throw notYourPassword();
      await this.throttle.release(attempt);
      demandPassword(passwords.next, account.user_name, '/newPassword');
      const hash = await this.hasher.hash(passwords.next);
      const { session } = circumstances;
      const kept = session === null ? [] : this.identification.sessionDigests(session);
      await this.audit.change(context, async (query) => {
        // An administrator may have set another one since it was verified, to keep out whoever knows the old one.
        const changed = await query(
          `UPDATE psa_host.account SET password_hash = $2, password_changed_at = $3
          WHERE id = $1 AND password_hash = $4 RETURNING id`,
          [accountId, hash, new Date(), account.password_hash],
        );
        if (changed.length === 0) throw notYourPassword();
        await query('DELETE FROM psa_host.session WHERE account_id = $1 AND digest <> ALL($2)', [
          accountId,
          kept,
        ]);
        return { result: undefined, event };
      });
    });
  }

  private async stored(id: string): Promise<{ user_name: string; password_hash: string | null } | undefined> {
    const [row]: { user_name: string; password_hash: string | null }[] = await this.dataSource.query(
      'SELECT user_name, password_hash FROM psa_host.account WHERE id = $1',
      [id],
    );
    return row;
  }
}

function notYourPassword(): InvalidRequestError {
  return new InvalidRequestError([{ pointer: '/currentPassword', detail: 'is not your password' }]);
}
