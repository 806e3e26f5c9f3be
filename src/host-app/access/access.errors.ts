import { ConnectorError } from '../../index.js';

/** The user name, the password or the token is not right, or the account may not sign in; nobody learns which. */
export class SignInRefusedError extends ConnectorError {
  constructor() {
    super({
      code: 'access.sign_in_refused',
      category: 'unauthenticated',
      detail: 'This did not let you in. Check what you typed, or ask an administrator.',
    });
  }
}

/** Whoever asks was let in, and is deleted, locked or revoked by now. */
export class CallerGoneError extends ConnectorError {
  constructor() {
    super({
      code: 'access.unauthenticated',
      category: 'unauthenticated',
      detail: 'The account or API token that asks was ended meanwhile.',
    });
  }
}

/** Too many attempts failed for this user name or from this address. */
export class SignInThrottledError extends ConnectorError {
  constructor(retryAfterSeconds: number) {
    super({
      code: 'access.sign_in_throttled',
      category: 'throttled',
      detail: 'There were too many attempts that failed. Wait for a while, then try again.',
      extensions: { retryAfterSeconds },
    });
  }
}

/** A change was sent with a session cookie but without proof that our own page sent it. */
export class CrossSiteRequestError extends ConnectorError {
  constructor() {
    super({
      code: 'access.cross_site_refused',
      category: 'forbidden',
      detail:
        'A change with a session cookie must come from the page itself, with the header X-CSRF-Token. Use an API token otherwise.',
    });
  }
}

/** No account with this id is in the caller's reach. */
export class AccountNotFoundError extends ConnectorError {
  constructor() {
    super({ code: 'access.account_not_found', category: 'not_found', detail: 'There is no such account.' });
  }
}

/** Another account has the user name. */
export class UserNameTakenError extends ConnectorError {
  constructor() {
    super({
      code: 'access.user_name_taken',
      category: 'conflict',
      detail: 'Another account has this user name. Choose another one.',
    });
  }
}

/** The caller may not give a tenant, a tier or a permission that it does not have itself, nor change an account that has one. */
export class BeyondOwnAccessError extends ConnectorError {
  /** @param what what it may not, such as `give a tier` */
  constructor(what: string) {
    super({
      code: 'access.beyond_own',
      category: 'forbidden',
      detail: `You cannot ${what} that you do not have yourself.`,
    });
  }
}

/** The account is the caller's own, and the change would lock the caller out. */
export class OwnAccountError extends ConnectorError {
  constructor() {
    super({
      code: 'access.own_account',
      category: 'conflict',
      detail: 'You cannot disable, demote or delete your own account. Ask another administrator.',
    });
  }
}

/** Nobody would be left who can sign in and let others in. */
export class LastAdministratorError extends ConnectorError {
  constructor() {
    super({
      code: 'access.last_administrator',
      category: 'conflict',
      detail: 'Nobody else could sign in as an administrator. Make another administrator first.',
    });
  }
}

/** Only accounts have a password to change; tokens have none. */
export class NoPasswordError extends ConnectorError {
  constructor() {
    super({
      code: 'access.no_password',
      category: 'conflict',
      detail: 'You are signed in with a token, which has no password.',
    });
  }
}

/** No API token with this id is in the caller's reach. */
export class ApiTokenNotFoundError extends ConnectorError {
  constructor() {
    super({ code: 'access.token_not_found', category: 'not_found', detail: 'There is no such API token.' });
  }
}

/** The account belongs to a person of the OpenID Connect provider, which keeps its password. */
export class PasswordElsewhereError extends ConnectorError {
  constructor() {
    super({
      code: 'access.password_elsewhere',
      category: 'conflict',
      detail: 'This account signs in through the OpenID Connect provider; its password is changed there.',
    });
  }
}

/** No OpenID Connect provider is set. */
export class OidcNotSetError extends ConnectorError {
  constructor() {
    super({
      code: 'access.provider_not_set',
      category: 'not_found',
      detail: 'This host signs nobody in through OpenID Connect. PSA_OIDC_ISSUER would name a provider.',
    });
  }
}
