import { Controller, type DynamicModule, Get, Module, Redirect } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { PsaConnectorModule } from '../index.js';
import { FileAuditAnchor, HostSigningKeyProvider } from './audit-ports.js';
import { digestOfToken } from './bootstrap-token.js';
import type { HostEnvironment } from './environment.js';
import type { HostResources } from './host-resources.js';
import { BootstrapActorResolver, HostMasterKeyProvider, HostPortsModule } from './host-ports.module.js';
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
      tokenDigest: digestOfToken(resources.bootstrapToken.token),
      masterKey: { id: resources.masterKey.id, key: resources.masterKey.key },
      signingKey: resources.signingKey,
      anchorFile: environment.audit.anchorFile,
    });
    const { syncCron, sweepCron, checkCron, auditCron } = environment.schedules;
    return {
      module: HostAppModule,
      imports: [
        LoggerModule.forRoot(logSettings(environment.logLevel)),
        PsaConnectorModule.forRootAsync({
          mountPath: MOUNT_PATH,
          imports: [ports],
          ports: {
            actorResolver: BootstrapActorResolver,
            masterKeyProvider: HostMasterKeyProvider,
            ...(resources.signingKey === null ? {} : { auditSigningKeyProvider: HostSigningKeyProvider }),
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
            notices: resources.notices,
          }),
        }),
      ],
    };
  }
}
