import { type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import {
  type Actor,
  type ActorResolver,
  type AuditSigningKey,
  type IncomingRequest,
  type MasterKey,
  type MasterKeyProvider,
  PERMISSIONS,
  type Permission,
} from '../index.js';
import { AUDIT_ANCHOR_FILE, AUDIT_SIGNING_KEY } from './audit-ports.js';
import { carriesToken } from './bootstrap-token.js';

const TOKEN_DIGEST = Symbol('TOKEN_DIGEST');
const HOST_MASTER_KEY = Symbol('HOST_MASTER_KEY');

const BOOTSTRAP_ADMINISTRATOR: Actor = {
  id: 'bootstrap-administrator',
  name: 'Administrator',
  tenantId: 'default',
  rootTenantId: 'default',
  tier: 'csp',
  permissions: PERMISSIONS,
};

/** Signs in whoever sends the bootstrap token as administrator of the only tenant. */
@Injectable()
export class BootstrapActorResolver implements ActorResolver {
  constructor(@Inject(TOKEN_DIGEST) private readonly digest: Buffer) {}

  resolve(request: IncomingRequest): Promise<Actor | null> {
    const isSignedIn = carriesToken(request.headers['authorization'], this.digest);
    return Promise.resolve(isSignedIn ? BOOTSTRAP_ADMINISTRATOR : null);
  }

  can(actor: Actor, permission: Permission): boolean {
    return actor.permissions.includes(permission);
  }
}

/** The one master key of this host. */
@Injectable()
export class HostMasterKeyProvider implements MasterKeyProvider {
  constructor(@Inject(HOST_MASTER_KEY) private readonly key: MasterKey) {}

  currentKey(): Promise<MasterKey> {
    return Promise.resolve(this.key);
  }

  keyById(id: string): Promise<MasterKey | null> {
    return Promise.resolve(id === this.key.id ? this.key : null);
  }
}

/** Gives the port classes above what they hold. */
@Module({})
export class HostPortsModule {
  static forValues(values: {
    tokenDigest: Buffer;
    masterKey: MasterKey;
    signingKey: AuditSigningKey | null;
    anchorFile: string | undefined;
  }): DynamicModule {
    return {
      module: HostPortsModule,
      providers: [
        { provide: TOKEN_DIGEST, useValue: values.tokenDigest },
        { provide: HOST_MASTER_KEY, useValue: values.masterKey },
        { provide: AUDIT_SIGNING_KEY, useValue: values.signingKey },
        { provide: AUDIT_ANCHOR_FILE, useValue: values.anchorFile },
      ],
      exports: [TOKEN_DIGEST, HOST_MASTER_KEY, AUDIT_SIGNING_KEY, AUDIT_ANCHOR_FILE],
    };
  }
}
