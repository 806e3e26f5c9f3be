import { type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import type { MasterKey, MasterKeyProvider } from '../index.js';
import { AUDIT_ANCHOR_FILE, AUDIT_SIGNING_KEYS, type HostSigningKeys } from './audit-ports.js';

const HOST_MASTER_KEYS = Symbol('HOST_MASTER_KEYS');

/** The master key of this host, and those before it while a rotation is under way. */
interface HostMasterKeys {
  current: MasterKey;
  previous: MasterKey[];
}

/** Gives the keys of the environment or of the data directory. */
@Injectable()
export class HostMasterKeyProvider implements MasterKeyProvider {
  constructor(@Inject(HOST_MASTER_KEYS) private readonly keys: HostMasterKeys) {}

  currentKey(): Promise<MasterKey> {
    return Promise.resolve(this.keys.current);
  }

  keyById(id: string): Promise<MasterKey | null> {
    const { current, previous } = this.keys;
    return Promise.resolve([current, ...previous].find((key) => key.id === id) ?? null);
  }
}

/** Gives the port classes above what they hold. */
@Module({})
export class HostPortsModule {
  static forValues(values: {
    masterKeys: HostMasterKeys;
    signingKeys: HostSigningKeys | null;
    anchorFile: string | undefined;
  }): DynamicModule {
    return {
      module: HostPortsModule,
      providers: [
        { provide: HOST_MASTER_KEYS, useValue: values.masterKeys },
        { provide: AUDIT_SIGNING_KEYS, useValue: values.signingKeys },
        { provide: AUDIT_ANCHOR_FILE, useValue: values.anchorFile },
      ],
      exports: [HOST_MASTER_KEYS, AUDIT_SIGNING_KEYS, AUDIT_ANCHOR_FILE],
    };
  }
}
