import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
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
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from './core/psa-connector.options.js';
import { PsaRegistry } from './core/psa-registry.js';
import { ImportsModule } from './imports/imports.module.js';
import { MOUNT_PATH } from './overview/http/admin-ui.assets.js';
import { OPENAPI_DOCUMENT } from './overview/http/openapi.controller.js';
import { OverviewModule } from './overview/overview.module.js';
import { extendOpenApi } from './platform/http/openapi.js';
import {
  dataSourceOptions,
  PSA_CONNECTOR_DATA_SOURCE,
  type PsaDataSourceOptions,
} from './platform/persistence/data-source.js';
import { openMigrated } from './platform/persistence/migrate.js';
import { PlatformModule } from './platform/platform.module.js';
import { PSA_ADAPTERS, type PsaAdapter } from './ports/psa/psa-adapter.port.js';
import { openApiOf } from './psa-connector.openapi.js';
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
  OverviewModule,
];

/** The adapters of this installation, and what the features need of its structure. */
@Global()
@Module({})
class PsaConnectorCompositionModule {
  static compose(mountPath: string, hasOwnStore: boolean, hostRoutes: HostOpenApi[]): DynamicModule {
    return {
      module: PsaConnectorCompositionModule,
      imports: [
        AutotaskModule.forRootAsync({
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

/**
 * Connects the host to its customers' PSA: connections, audit log, contract mirror, sync runs, their HTTP API under
 * `<mountPath>/api` and the admin UI under `<mountPath>/`.
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
  const features = hasOwnStore ? [...FEATURES, SubscriptionStoreModule] : FEATURES;
  return {
    module: PsaConnectorModule,
    imports: [
      core,
      PsaConnectorCompositionModule.compose(mountPath, hasOwnStore, extras.openApi ?? []),
      TypeOrmModule.forRootAsync({
        name: PSA_CONNECTOR_DATA_SOURCE,
        inject: [PSA_CONNECTOR_SETTINGS],
        // A database that is not there is reported at once; waiting for it is the orchestrator's task.
        useFactory: ({ database }: PsaConnectorSettings) => ({
          ...dataSourceOptions(database, PERSISTENCE_LISTS),
          toRetry: () => false,
        }),
        dataSourceFactory: (options) => openMigrated(options as PsaDataSourceOptions),
      }),
      PlatformModule,
      ...features,
      RouterModule.register([{ path: `${mountPath}/api`, children: features }]),
    ],
  };
}
