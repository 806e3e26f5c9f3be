import type { ApiUser, AutotaskDatabase } from '../world/simulator-world.js';

export interface Credentials {
  readonly userName: string;
  readonly secret: string;
  readonly integrationCode: string;
}

export type SignIn =
  | { readonly outcome: 'accepted'; readonly database: AutotaskDatabase; readonly user: ApiUser }
  | { readonly outcome: 'rejected' }
  | { readonly outcome: 'integrationCodeRejected' };

/** Failed sign-ins after which the vendor locks the account; a tenant setting in reality (reference §1.4). */
const FAILURES_BEFORE_LOCK = 5;

/**
 * Checks credentials against the databases of one zone. A wrong secret or code counts towards locking the user; a locked
 * or inactive user, an unknown one and a right one on the wrong zone all look like a wrong secret.
 */
export function signIn(databases: readonly AutotaskDatabase[], credentials: Credentials): SignIn {
  for (const database of databases) {
    const user = database.userNamed(credentials.userName);
    if (user === undefined) continue;
    const isOpen = user.isActive && !user.isLocked;
    if (
      isOpen &&
      user.secret === credentials.secret &&
      user.integrationCode === credentials.integrationCode
    ) {
      user.failedSignIns = 0;
      return { outcome: 'accepted', database, user };
    }
    user.failedSignIns += 1;
    if (user.failedSignIns >= FAILURES_BEFORE_LOCK) user.isLocked = true;
    const isCodeWrong = isOpen && user.secret === credentials.secret && credentials.integrationCode !== '';
    return { outcome: isCodeWrong ? 'integrationCodeRejected' : 'rejected' };
  }
  return { outcome: 'rejected' };
}
