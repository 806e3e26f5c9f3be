import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type Actor,
  type ActorResolver,
  type IncomingRequest,
  type MasterKey,
  type MasterKeyProvider,
  PERMISSIONS,
  type Permission,
  PsaConnectorModule,
} from 'nestjs-psa-connector';
import { AutotaskSimulator, SANDBOX_INTEGRATION_CODE } from 'nestjs-psa-connector/testing';

// A host application as its developer would write it, under Express, with the packed library.

const MASTER_KEY: MasterKey = { id: 'consumer', key: randomBytes(32) };

@Injectable()
class SessionActorResolver implements ActorResolver {
  resolve(request: IncomingRequest): Promise<Actor | null> {
    if (request.headers['authorization'] !== 'Bearer consumer') return Promise.resolve(null);
    return Promise.resolve({
      id: 'consumer',
      name: 'Consumer',
      tenantId: 'tenant',
      rootTenantId: 'tenant',
      tier: 'csp',
      permissions: PERMISSIONS,
    });
  }

  can(actor: Actor, permission: Permission): boolean {
    return actor.permissions.includes(permission);
  }
}

@Injectable()
class FixedMasterKeyProvider implements MasterKeyProvider {
  currentKey(): Promise<MasterKey> {
    return Promise.resolve(MASTER_KEY);
  }

  keyById(id: string): Promise<MasterKey | null> {
    return Promise.resolve(id === MASTER_KEY.id ? MASTER_KEY : null);
  }
}

const simulator = await AutotaskSimulator.start();

@Module({
  imports: [
    PsaConnectorModule.forRootAsync({
      ports: { actorResolver: SessionActorResolver, masterKeyProvider: FixedMasterKeyProvider },
      useFactory: () => ({
        database: {
          url: process.env['DATABASE_URL'] ?? '',
          schema: process.env['SCHEMA'] ?? 'psa_connector',
        },
        autotask: {
          discoveryUrl: simulator.discoveryUrl,
          allowedHosts: [simulator.host],
          integrationCode: SANDBOX_INTEGRATION_CODE,
        },
      }),
    }),
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
process.stdout.write(`listening on ${await app.getUrl()}\n`);
process.once('SIGTERM', () => {
  void app.close().then(() => simulator.stop());
});
