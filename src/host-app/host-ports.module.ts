import { type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import type { AuditSigningKey, MasterKey, MasterKeyProvider } from '../index.js';
import { AUDIT_ANCHOR_FILE, AUDIT_SIGNING_KEY } from './audit-ports.js';

const HOST_MASTER_KEY = Symbol('HOST_MASTER_KEY');

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
    masterKey: MasterKey;
    signingKey: AuditSigningKey | null;
    anchorFile: string | undefined;
  }): DynamicModule {
    return {
      module: HostPortsModule,
      providers: [
        { provide: HOST_MASTER_KEY, useValue: values.masterKey },
        { provide: AUDIT_SIGNING_KEY, useValue: values.signingKey },
        { provide: AUDIT_ANCHOR_FILE, useValue: values.anchorFile },
      ],
      exports: [HOST_MASTER_KEY, AUDIT_SIGNING_KEY, AUDIT_ANCHOR_FILE],
    };
  }
}
