import { Module } from '@nestjs/common';
import { OwnConnections } from '../audit/application/own-connections.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { ConnectionAdministration } from './application/connection-administration.service.js';
import { ConnectionCheck } from './application/connection-check.service.js';
import { ConnectionDirectory } from './application/connection-directory.service.js';
import { ConnectionRegistration } from './application/connection-registration.service.js';
import { ConnectionRemovals } from './application/connection-removals.service.js';
import { ConnectionSessions } from './application/connection-sessions.service.js';
import { MasterKeyRotation } from './application/master-key-rotation.service.js';
import { CONNECTION_STORE } from './domain/connection-store.js';
import { ConnectionsController } from './http/connections.controller.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

@Module({
  imports: [SecretsModule],
  controllers: [ConnectionsController],
  providers: [
    ConnectionRegistration,
    ConnectionAdministration,
    ConnectionCheck,
    ConnectionDirectory,
    ConnectionSessions,
    ConnectionRemovals,
    MasterKeyRotation,
    { provide: CONNECTION_STORE, useClass: ConnectionRepository },
  ],
  exports: [ConnectionDirectory, ConnectionCheck, ConnectionSessions, ConnectionRemovals, MasterKeyRotation],
})
export class ConnectionsModule {
  constructor(own: OwnConnections, directory: ConnectionDirectory) {
    own.learn((tenantId, id) => directory.isOwn(tenantId, id));
  }
}
