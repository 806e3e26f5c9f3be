import { Controller, type DynamicModule, Get, Module, Redirect } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { PsaConnectorModule } from '../index.js';
import { AccessModule, IdentificationModule } from './access/access.module.js';
import { ACCESS_OPENAPI } from './access/access.openapi.js';
import type { AccessSettings } from './access/access-settings.js';
import { HostActorResolver } from './access/host-actor-resolver.js';
import { PASSWORD_COST } from './access/password-hash.js';
import { digestOf } from './access/token-digest.js';
import { FileAuditAnchor, HostSigningKeyProvider } from './audit-ports.js';
import type { HostEnvironment } from './environment.js';
import type { HostResources } from './host-resources.js';
import { HostMasterKeyProvider, HostPortsModule } from './host-ports.module.js';
import { previousMasterKeys } from './master-key.js';
import { logSettings } from './log-settings.js';

/** Path the connector is mounted under in this host. */
export const MOUNT_PATH = 'psa';

/** Sends who opens the bare address to the admin UI. */
@Controller()
class RootController {
  @Get()
  @Redirect(`/${MOUNT_PATH}/`, 302)
  openAdminUi(): void {}
}

/** The standalone host: the connector with a bootstrap token, one master key and a JSON log around it. */
@Module({ controllers: [RootController] })
export class HostAppModule {
  static forHost(environment: HostEnvironment, resources: HostResources): DynamicModule {
    const ports = HostPortsModule.forValues({
      masterKeys: {
        current: { id: resources.masterKey.id, key: resources.masterKey.key },
        previous: previousMasterKeys(environment),
      },
      signingKeys: resources.signingKeys,
      anchorFile: environment.audit.anchorFile,
    });
    const identification = IdentificationModule.forValues(
      accessSettings(environment, resources),
      resources.hostDatabase,
    );
    const { requestsPerMinute } = environment.access;
    const { syncCron, sweepCron, checkCron, auditCron } = environment.schedules;
    return {
      module: HostAppModule,
      imports: [
        LoggerModule.forRoot(logSettings(environment.logLevel)),
        PsaConnectorModule.forRootAsync({
          mountPath: MOUNT_PATH,
          openApi: [ACCESS_OPENAPI],
          imports: [ports, identification],
          ports: {
            actorResolver: HostActorResolver,
            masterKeyProvider: HostMasterKeyProvider,
            ...(resources.signingKeys === null ? {} : { auditSigningKeyProvider: HostSigningKeyProvider }),
            ...(environment.audit.anchorFile === undefined ? {} : { auditAnchor: FileAuditAnchor }),
          },
          useFactory: () => ({
            database: { url: resources.databaseUrl },
            autotask: resources.autotask,
            schedules: {
              ...(syncCron === undefined ? {} : { syncCron }),
              ...(sweepCron === undefined ? {} : { sweepCron }),
              ...(checkCron === undefined ? {} : { checkCron }),
              ...(auditCron === undefined ? {} : { auditCron }),
            },
            ...(requestsPerMinute === undefined ? {} : { http: { requestsPerMinute } }),
            adminUi: { stylesheet: resources.stylesheet },
            notices: resources.notices,
          }),
        }),
        AccessModule.with(identification),
        RouterModule.register([{ path: `${MOUNT_PATH}/api`, module: AccessModule }]),
      ],
    };
  }
}

function accessSettings(
  { profile, access }: HostEnvironment,
  { bootstrapToken }: HostResources,
): AccessSettings {
  const { publicOrigin, sessionIdleMinutes, sessionHours, oidc } = access;
  return {
    bootstrapDigest: bootstrapToken === null ? null : digestOf(bootstrapToken.token),
    // Production stands behind TLS unless its address says otherwise.
    hasSecureCookies:
      publicOrigin === undefined ? profile === 'production' : publicOrigin.startsWith('https:'),
    publicOrigin: publicOrigin ?? null,
    usualMethod: profile === 'production' ? 'password' : 'token',
    passwordCost: { ...PASSWORD_COST, logN: access.passwordCost },
    oidc: oidc ?? null,
    uiPath: `/${MOUNT_PATH}/`,
    sessionIdleMs: sessionIdleMinutes * 60_000,
    sessionMaxMs: sessionHours * 3_600_000,
  };
}
