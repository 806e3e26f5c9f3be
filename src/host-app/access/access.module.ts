import { type DynamicModule, Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ACCESS_SETTINGS, type AccessSettings, HOST_DATA_SOURCE } from './access-settings.js';
import { Accounts } from './account.service.js';
import { AccountsController } from './accounts.controller.js';
import { ApiTokens } from './api-token.service.js';
import { ApiTokensController } from './api-tokens.controller.js';
import { Identification } from './identification.service.js';
import { OidcController } from './oidc/oidc.controller.js';
import { OidcProvider } from './oidc/oidc-provider.js';
import { OidcSignIn } from './oidc/oidc-sign-in.service.js';
import { OwnPassword } from './own-password.service.js';
import { PasswordHasher } from './password-hash.js';
import { SignInController } from './sign-in.controller.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { SignIn } from './sign-in.service.js';

/** What finds out who calls; the connector's `ActorResolver` is made of it, so it needs nothing of the connector. */
@Module({})
export class IdentificationModule {
  static forValues(settings: AccessSettings, dataSource: DataSource): DynamicModule {
    return {
      module: IdentificationModule,
      providers: [
        { provide: ACCESS_SETTINGS, useValue: settings },
        { provide: HOST_DATA_SOURCE, useValue: dataSource },
        Identification,
      ],
      exports: [ACCESS_SETTINGS, HOST_DATA_SOURCE, Identification],
    };
  }
}

/** Sign-in, accounts and API tokens, with their routes; writes into the connector's audit log. */
@Module({})
export class AccessModule {
  static with(identification: DynamicModule): DynamicModule {
    return {
      module: AccessModule,
      imports: [identification],
      controllers: [SignInController, OidcController, AccountsController, ApiTokensController],
      providers: [
        {
          provide: PasswordHasher,
          inject: [ACCESS_SETTINGS],
          useFactory: ({ passwordCost }: AccessSettings) => new PasswordHasher(passwordCost),
        },
        SignInThrottle,
        SignIn,
        OwnPassword,
        OidcProvider,
        OidcSignIn,
        Accounts,
        ApiTokens,
      ],
    };
  }
}
