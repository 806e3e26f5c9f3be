import { type DynamicModule, Module, type OnApplicationShutdown, type Type } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { getDataSourceToken, InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuditModule } from './audit/audit.module.js';
import { DEFAULT_AUTOTASK_OPTIONS } from './autotask/autotask-options.js';
import { AutotaskAdapter } from './autotask/autotask.adapter.js';
import { AutotaskModule } from './autotask/autotask.module.js';
import { BillingModule } from './billing/billing.module.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { ContractsModule } from './contracts/contracts.module.js';
import { PsaConnectorCoreModule } from './core/psa-connector-core.module.js';
import type {
  ASYNC_OPTIONS_TYPE,
  HostOpenApi,
  OPTIONS_TYPE,
  PsaConnectorExtras,
} from './core/psa-connector.module-definition.js';
import { PrivateModules, subclassOf } from './core/private-modules.js';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from './core/psa-connector.options.js';
import { PsaRegistry } from './core/psa-registry.js';
import { ImportsModule } from './imports/imports.module.js';
import { MOUNT_PATH } from './overview/http/admin-ui.assets.js';
import { OPENAPI_DOCUMENT } from './overview/http/openapi.controller.js';
import { OverviewModule } from './overview/overview.module.js';
import { extendOpenApi } from './platform/http/openapi.js';
import { dataSourceOptions, PSA_CONNECTOR_DATA_SOURCE } from './platform/persistence/data-source.js';
import { openMigrated } from './platform/persistence/migrate.js';
import { PlatformModule } from './platform/platform.module.js';
import { PSA_ADAPTERS, type PsaAdapter } from './ports/psa/psa-adapter.port.js';
import { openApiOf } from './psa-connector.openapi.js';
import { ReconciliationModule } from './reconciliation/reconciliation.module.js';
import { REQUEST_BUDGETS } from './ports/psa/request-budget.port.js';
import { PERSISTENCE_LISTS } from './psa-connector.persistence.js';
import { SubscriptionStoreModule } from './subscriptions/subscription-store.module.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';
import { SyncModule } from './sync/sync.module.js';

const DEFAULT_MOUNT_PATH = 'psa';

const FEATURES: Type[] = [
  AuditModule,
  ConnectionsModule,
  SubscriptionsModule,
  ImportsModule,
  ContractsModule,
  BillingModule,
  SyncModule,
  ReconciliationModule,
  OverviewModule,
];

/** What every module of an installation sees without importing it; what others of ours may use is exported by these. */
const SHARED: Type[] = [PlatformModule, AuditModule, SubscriptionsModule, BillingModule];

/** Holds the shared modules of an installation together; each installation has a subclass. */
@Module({})
class PsaConnectorSharedModule {}

/** The installation's data source, migrated when it is first asked for. Not the host's, and not registered with its TypeORM module. */
@Module({})
class PsaConnectorDatabaseModule implements OnApplicationShutdown {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  static using(core: DynamicModule): DynamicModule {
    const token = getDataSourceToken(PSA_CONNECTOR_DATA_SOURCE);
    return {
      module: PsaConnectorDatabaseModule,
      imports: [core],
      providers: [
        {
          provide: token,
          inject: [PSA_CONNECTOR_SETTINGS],
          useFactory: ({ database }: PsaConnectorSettings) =>
            openMigrated(dataSourceOptions(database, PERSISTENCE_LISTS)),
        },
      ],
      exports: [token],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/** The adapters of this installation, and what the features need of its structure. */
@Module({})
class PsaConnectorCompositionModule {
  static compose(shared: Type, { mountPath, hasOwnStore, hostRoutes }: Structure): DynamicModule {
    return {
      module: PsaConnectorCompositionModule,
      imports: [
        shared,
        AutotaskModule.forRootAsync({
          imports: [shared],
          inject: [PSA_CONNECTOR_SETTINGS],
          useFactory: ({ autotask }: PsaConnectorSettings) => {
            const { slotReleaseMs, pullShare, pacesPulls, ...values } = autotask;
            return {
              ...DEFAULT_AUTOTASK_OPTIONS,
              ...values,
              limits: { slotReleaseMs, pullShare, pacesPulls },
            };
          },
        }),
      ],
      providers: [
        {
          provide: PSA_ADAPTERS,
          inject: [AutotaskAdapter],
          useFactory: (autotask: PsaAdapter) => [autotask],
        },
        { provide: REQUEST_BUDGETS, useExisting: AutotaskAdapter },
        { provide: MOUNT_PATH, useValue: mountPath },
        {
          provide: OPENAPI_DOCUMENT,
          useValue: extendOpenApi(openApiOf({ hasOwnStore }), hostRoutes),
        },
        PsaRegistry,
      ],
      exports: [PsaRegistry, REQUEST_BUDGETS, MOUNT_PATH, OPENAPI_DOCUMENT],
    };
  }
}

interface Structure {
  mountPath: string;
  hasOwnStore: boolean;
  hostRoutes: HostOpenApi[];
}

/**
 * Connects the host to its customers' PSA: connections, audit log, contract mirror, sync runs, their HTTP API under
 * `<mountPath>/api` and the admin UI under `<mountPath>/`. Each call makes an installation of its own; several can stand in one
 * application, with different mount paths and schemas (ADR 0022).
 */
@Module({})
export class PsaConnectorModule {
  /** @throws InvalidOptionsError at bootstrap, naming every option or port that is missing or wrong */
  static forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return assemble(PsaConnectorCoreModule.forRoot(options), options);
  }

  /** As `forRoot`, with options from a factory. */
  static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return assemble(PsaConnectorCoreModule.forRootAsync(options), options);
  }
}

function assemble(core: DynamicModule, extras: Partial<PsaConnectorExtras>): DynamicModule {
  const mountPath = (extras.mountPath ?? DEFAULT_MOUNT_PATH).replaceAll(/^\/+|\/+$/g, '');
  const hasOwnStore = extras.ports?.subscriptionSource === undefined;
  const ownStore = hasOwnStore ? [SubscriptionStoreModule] : [];
  const shared = subclassOf(PsaConnectorSharedModule);
  const copies = new PrivateModules(shared);
  const visible = [
    core,
    PsaConnectorDatabaseModule.using(core),
    PsaConnectorCompositionModule.compose(shared, {
      mountPath,
      hasOwnStore,
      hostRoutes: extras.openApi ?? [],
    }),
    ...[...SHARED, ...ownStore].map((module) => copies.copyOf(module)),
  ];
  Module({ imports: visible, exports: visible })(shared);
  const features = [...FEATURES, ...ownStore].map((module) => copies.copyOf(module));
  return {
    module: PsaConnectorModule,
    global: extras.isGlobal ?? true,
    imports: [shared, ...features, RouterModule.register([{ path: `${mountPath}/api`, children: features }])],
    exports: [shared],
  };
}
