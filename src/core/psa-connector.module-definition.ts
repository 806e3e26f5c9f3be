import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ACTOR_RESOLVER, type ActorResolver } from '../ports/host/actor-resolver.port.js';
import {
  AUDIT_ANCHOR,
  AUDIT_SIGNING_KEY_PROVIDER,
  type AuditAnchor,
  type AuditSigningKeyProvider,
} from '../ports/host/audit-anchor.port.js';
import { CLOCK, type Clock } from '../ports/host/clock.port.js';
import { MASTER_KEY_PROVIDER, type MasterKeyProvider } from '../ports/host/master-key-provider.port.js';
import { SUBSCRIPTION_SOURCE, type SubscriptionSource } from '../ports/host/subscription-source.port.js';
import { PSA_CONNECTOR_OPTIONS, type PsaConnectorModuleOptions } from './psa-connector.options.js';
import { InvalidOptionsError } from './psa-connector.settings.js';
import { SystemClock } from './system-clock.js';

/** What the host implements; classes that Nest can construct from `imports`. */
export interface PsaConnectorPorts {
  actorResolver: Type<ActorResolver>;
  masterKeyProvider: Type<MasterKeyProvider>;
  /** Signs checkpoints of the audit log. Default: none, and no checkpoints. */
  auditSigningKeyProvider?: Type<AuditSigningKeyProvider>;
  /** Keeps signed checkpoints outside the database. Default: they stay in it. */
  auditAnchor?: Type<AuditAnchor>;
  /** Default: the machine's clock. */
  clock?: Type<Clock>;
  /** Default: the connector's own store, filled over HTTP. */
  subscriptionSource?: Type<SubscriptionSource>;
}

/** Structure of the module, beside its options. */
export interface PsaConnectorExtras {
  ports: PsaConnectorPorts | undefined;
  /** Modules whose providers the port classes need. */
  imports: NonNullable<ModuleMetadata['imports']>;
  /** Path the UI (`<mountPath>/`) and the API (`<mountPath>/api`) are mounted under. Default `psa`. */
  mountPath: string;
  /** Routes the host itself puts beside ours under `<mountPath>/api`, for the OpenAPI document. Default none. */
  openApi: HostOpenApi[];
  /**
   * Whether every module of the host can inject what the connector offers (`SubscriptionChanges`, `HostAuditLog`). Default true. False
   * for a second installation: a host's module then imports the very object that `forRoot` returned.
   */
  isGlobal: boolean;
}

/** Paths and schemas in the form of OpenAPI 3.1. */
export interface HostOpenApi {
  paths: Record<string, Record<string, object>>;
  schemas: Record<string, object>;
}

const DEFAULT_EXTRAS: PsaConnectorExtras = {
  ports: undefined,
  imports: [],
  mountPath: 'psa',
  openApi: [],
  isGlobal: true,
};

/** A port the host may leave out is injected as null. */
function optionalPort(token: symbol, port: Type | undefined): Provider {
  return port === undefined ? { provide: token, useValue: null } : { provide: token, useClass: port };
}

function bindPorts(definition: DynamicModule, extras: PsaConnectorExtras): DynamicModule {
  const { ports } = extras;
  // The builder makes extras optional in types, so a forgotten port is refused here, by name, at bootstrap.
  const missing = (['actorResolver', 'masterKeyProvider'] as const).filter(
    (name) => ports?.[name] === undefined,
  );
  if (ports === undefined || missing.length > 0) {
    throw new InvalidOptionsError(missing.map((name) => `ports.${name} is missing`));
  }
  const source = ports.subscriptionSource;
  const sourceProviders = source === undefined ? [] : [{ provide: SUBSCRIPTION_SOURCE, useClass: source }];
  return {
    ...definition,
    imports: [...new Set([...(definition.imports ?? []), ...extras.imports])],
    providers: [
      ...(definition.providers ?? []),
      { provide: ACTOR_RESOLVER, useClass: ports.actorResolver },
      { provide: MASTER_KEY_PROVIDER, useClass: ports.masterKeyProvider },
      optionalPort(AUDIT_SIGNING_KEY_PROVIDER, ports.auditSigningKeyProvider),
      optionalPort(AUDIT_ANCHOR, ports.auditAnchor),
      { provide: CLOCK, useClass: ports.clock ?? SystemClock },
      ...sourceProviders,
    ],
    exports: [
      ...(definition.exports ?? []),
      ACTOR_RESOLVER,
      MASTER_KEY_PROVIDER,
      AUDIT_SIGNING_KEY_PROVIDER,
      AUDIT_ANCHOR,
      CLOCK,
      ...sourceProviders.map(({ provide }) => provide),
    ],
  };
}

export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<PsaConnectorModuleOptions>({ optionsInjectionToken: PSA_CONNECTOR_OPTIONS })
    .setClassMethodName('forRoot')
    .setExtras<PsaConnectorExtras>(DEFAULT_EXTRAS, bindPorts)
    .build();
